/** What the pointer is over, and what is pressed: a sign first, then the topmost dot. */
import type { LeafletMouseEvent, Map } from "leaflet";
import type { Dots } from "./dots";
import { isDragged } from "./sheet";

export interface Pointed { kind: "order" | "helper"; id: string }

export function pointing(map: Map, dots: Dots, over: (one: Pointed | null) => void, press: (one: Pointed | null, event: LeafletMouseEvent) => void): void {
  const box = map.getContainer();
  let last: MouseEvent | null = null;
  let looking = 0;

  function find(event: MouseEvent, place: { x: number; y: number }): Pointed | null {
    const sign = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-helper]") : null;
    return sign?.dataset["helper"] ? { kind: "helper", id: sign.dataset["helper"] } : dots.at(place);
  }
  function look(): void {
    looking = 0;
    if (!last || isDragged(map)) return;
    const { left, top } = box.getBoundingClientRect();
    const found = find(last, { x: last.clientX - left - box.clientLeft, y: last.clientY - top - box.clientTop });
    box.classList.toggle("over-dot", found !== null);
    over(found);
  }
  // Once in a frame, however often the pointer moves.
  const moved = (event: MouseEvent) => {
    last = event;
    looking ||= requestAnimationFrame(look);
  };
  const left = () => {
    last = null;
    box.classList.remove("over-dot");
    over(null);
  };
  box.addEventListener("mousemove", moved);
  box.addEventListener("mouseleave", left);
  map.on("click", (event) => press(find(event.originalEvent, event.containerPoint), event));
  map.once("unload", () => {
    cancelAnimationFrame(looking);
    box.removeEventListener("mousemove", moved);
    box.removeEventListener("mouseleave", left);
  });
}
