/** Words that stand on places of the map: names, numbers of stops.
 *
 * They lie flat, moved by `left` and `top`: with a transform each, five hundred would be layers
 * of their own, which the browser puts together anew in each frame of a drag. Those that are far
 * from the view are laid out only when it comes near. */
import type { Map } from "leaflet";
import { around, covers, follow, spotOf, viewOf, worldOf, type Spot } from "./sheet";

export interface Sign { element: HTMLElement; spot: Spot }

export function signsLayer(map: Map) {
  const all = new Set<Sign>();
  let placed = "";
  let frame = around(viewOf(map));
  function put(sign: Sign): void {
    const world = worldOf(map.getZoom());
    const [x, y] = [sign.spot.x * world, sign.spot.y * world];
    const far = x < frame.left || y < frame.top || x > frame.left + frame.width || y > frame.top + frame.height;
    if (sign.element.hidden !== far) sign.element.hidden = far;
    if (far) return;
    const origin = map.getPixelOrigin();
    sign.element.style.left = `${Math.round(x - origin.x)}px`;
    sign.element.style.top = `${Math.round(y - origin.y)}px`;
  }
  function settle(): void {
    const origin = map.getPixelOrigin();
    const now = `${map.getZoom()} ${origin.x} ${origin.y}`;
    const view = viewOf(map);
    if (now === placed && covers(frame, view)) return;
    placed = now;
    frame = around(view);
    for (const sign of all) put(sign);
  }
  follow(map, settle, settle, () => all.clear());
  return {
    add(className: string, at: { lat: number; lon: number }, ...inside: Node[]): Sign {
      const element = document.createElement("div");
      element.className = `on-map ${className}`;
      element.append(...inside);
      const sign = { element, spot: spotOf(at.lat, at.lon) };
      put(sign);
      all.add(sign);
      map.getPanes().markerPane.append(element);
      return sign;
    },
    move(sign: Sign, at: { lat: number; lon: number }): void {
      sign.spot = spotOf(at.lat, at.lon);
      put(sign);
    },
    drop(sign: Sign): void {
      all.delete(sign);
      sign.element.remove();
    },
  };
}
export type Signs = ReturnType<typeof signsLayer>;
