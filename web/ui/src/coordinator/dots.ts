/** All dots of the map on one sheet: each look is drawn once, and copied to where it belongs. */
import type { Map } from "leaflet";
import { SHARPEST, sheet, viewOf, worldOf, type Frame, type Spot } from "./sheet";

export interface Ring { radius: number; fill: string; dash?: readonly number[]; ink?: string; weight?: number }
/** From below to above. */
export type Look = readonly Ring[];
export interface Dot { id: string; kind: "order" | "helper"; spot: Spot; look: Look; radius: number }

/** How much beside a dot a pointer may be. */
const REACH_PX = 2;

/** The topmost dot under a place in the world's pixels. */
export function dotAt(dots: readonly Dot[], world: number, x: number, y: number): Dot | null {
  for (let n = dots.length - 1; n >= 0; n -= 1) {
    const dot = dots[n];
    if (dot && Math.hypot(dot.spot.x * world - x, dot.spot.y * world - y) <= dot.radius + REACH_PX) return dot;
  }
  return null;
}

function stamp(look: Look): HTMLCanvasElement {
  const half = Math.ceil(Math.max(...look.map((one) => one.radius + (one.weight ?? 0)))) + 1;
  const sharp = Math.min(SHARPEST, window.devicePixelRatio || 1);
  const made = document.createElement("canvas");
  made.width = made.height = Math.ceil(2 * half * sharp);
  const ctx = made.getContext("2d");
  ctx?.scale(sharp, sharp);
  for (const one of look) {
    ctx?.beginPath();
    ctx?.arc(half, half, one.radius, 0, 2 * Math.PI);
    if (!ctx) break;
    ctx.fillStyle = one.fill;
    ctx.fill();
    if (!one.ink) continue;
    ctx.setLineDash([...(one.dash ?? [])]);
    [ctx.strokeStyle, ctx.lineWidth] = [one.ink, one.weight ?? 1];
    ctx.stroke();
  }
  return made;
}

export function dotsLayer(map: Map) {
  const layers: Record<Dot["kind"], readonly Dot[]> = { order: [], helper: [] };
  const stamps = new globalThis.Map<Look, { of: HTMLCanvasElement; sharp: number }>();
  let line: { spots: readonly Spot[]; ink: string } | null = null;

  function stampOf(look: Look): HTMLCanvasElement {
    const sharp = window.devicePixelRatio || 1;
    const known = stamps.get(look);
    if (known?.sharp === sharp) return known.of;
    const of = stamp(look);
    stamps.set(look, { of, sharp });
    return of;
  }

  function paint(ctx: CanvasRenderingContext2D, frame: Frame): void {
    const world = worldOf(frame.zoom);
    copy(ctx, layers.order, frame);
    // The chosen round lies over the orders, and under whoever walks it.
    if (line) {
      [ctx.lineWidth, ctx.strokeStyle, ctx.lineJoin] = [2.5, line.ink, "round"];
      ctx.beginPath();
      for (const one of line.spots) ctx.lineTo(one.x * world - frame.left, one.y * world - frame.top);
      ctx.stroke();
    }
    copy(ctx, layers.helper, frame);
  }
  function copy(ctx: CanvasRenderingContext2D, dots: readonly Dot[], frame: Frame): void {
    const world = worldOf(frame.zoom);
    const sharp = Math.min(SHARPEST, window.devicePixelRatio || 1);
    for (const dot of dots) {
      const of = stampOf(dot.look);
      const size = of.width / sharp;
      const x = Math.round(dot.spot.x * world) - frame.left - size / 2;
      const y = Math.round(dot.spot.y * world) - frame.top - size / 2;
      if (x > -size && y > -size && x < frame.width && y < frame.height) ctx.drawImage(of, x, y, size, size);
    }
  }
  const on = sheet(map, paint);
  return {
    show(kind: Dot["kind"], dots: readonly Dot[]): void {
      layers[kind] = dots;
      on.ask();
    },
    draw(spots: readonly Spot[], ink: string): void {
      line = spots.length ? { spots, ink } : null;
      on.ask();
    },
    /** What lies under a place of the map's box. */
    at(place: { x: number; y: number }): Dot | null {
      const view = viewOf(map);
      const [world, x, y] = [worldOf(view.zoom), view.left + place.x, view.top + place.y];
      return dotAt(layers.helper, world, x, y) ?? dotAt(layers.order, world, x, y);
    },
  };
}
export type Dots = ReturnType<typeof dotsLayer>;
