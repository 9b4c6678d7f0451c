/** The streets under everything: drawn piece by piece after the map has come to rest.
 *
 * Until then the last picture of them is moved and scaled; ten thousand lines in one go would
 * hold up whoever zooms. */
import type { Map } from "leaflet";
import type { RoadLine } from "../wire/board";
import { around, clean, follow, isDragged, makeCanvas, place, serves, spotOf, viewOf, worldOf, type Frame } from "./sheet";

const WIDTH = [2.4, 1.4, 0.8];
const INK = ["#b9c0c8", "#ccd1d7", "#dde1e5"];
const REST_MS = 120;
const POINTS_A_PIECE = 3000;
/** Points closer than this to the one before are left out. */
const NEAR_PX = 1.2;

interface Street { kind: number; xs: Float64Array; ys: Float64Array; west: number; east: number; north: number; south: number }

export function streetsOf(lines: RoadLine[]): Street[] {
  const streets = lines.map((line): Street => {
    const spots = (line.slice(1) as [number, number][]).map(([lat, lon]) => spotOf(lat, lon));
    const xs = Float64Array.from(spots, (one) => one.x);
    const ys = Float64Array.from(spots, (one) => one.y);
    return { kind: line[0], xs, ys, west: Math.min(...xs), east: Math.max(...xs), north: Math.min(...ys), south: Math.max(...ys) };
  });
  return streets.sort((one, other) => other.kind - one.kind); // the main streets on top
}

/** Draws all that the frame shows, and pauses now and then. */
export function* drawStreets(ctx: CanvasRenderingContext2D, streets: readonly Street[], frame: Frame): Generator<void> {
  const world = worldOf(frame.zoom);
  const [west, north] = [frame.left / world, frame.top / world];
  const [east, south] = [west + frame.width / world, north + frame.height / world];
  [ctx.lineCap, ctx.lineJoin] = ["round", "round"];
  let [kind, points] = [-1, 0];
  for (const one of streets) {
    if (one.east < west || one.west > east || one.south < north || one.north > south) continue;
    if (one.kind !== kind || points > POINTS_A_PIECE) {
      if (points) ctx.stroke();
      if (points > POINTS_A_PIECE) {
        points = 0;
        yield;
      }
      kind = one.kind;
      [ctx.lineWidth, ctx.strokeStyle] = [WIDTH[kind] ?? 1, INK[kind] ?? "#ccd1d7"];
      ctx.beginPath();
    }
    points += trace(ctx, one, world, frame);
  }
  if (points) ctx.stroke();
}

function trace(ctx: CanvasRenderingContext2D, street: Street, world: number, frame: Frame): number {
  let [x0, y0, points] = [0, 0, 0];
  const last = street.xs.length - 1;
  for (let n = 0; n <= last; n += 1) {
    const x = (street.xs[n] ?? 0) * world - frame.left;
    const y = (street.ys[n] ?? 0) * world - frame.top;
    if (n && n < last && Math.abs(x - x0) + Math.abs(y - y0) < NEAR_PX) continue;
    if (n) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    [x0, y0] = [x, y];
    points += 1;
  }
  return points;
}

export function roadsLayer(map: Map, lines: RoadLine[]): void {
  const pane = map.getPane("roads") ?? map.createPane("roads");
  pane.style.zIndex = "350";
  const streets = streetsOf(lines);
  let [shown, spare] = [makeCanvas(pane), makeCanvas(pane)];
  let frame: Frame | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let piece = 0;

  function draw(): void {
    const next = around(viewOf(map));
    const ctx = clean(spare, next);
    const pieces = ctx && drawStreets(ctx, streets, next);
    const on = () => {
      // Whoever drags has all frames for themselves.
      if (isDragged(map) || (pieces && !pieces.next().done)) piece = requestAnimationFrame(on);
      else turn(next);
    };
    on();
  }
  function turn(next: Frame): void {
    [shown, spare, frame] = [spare, shown, next];
    place(shown, next, map);
    shown.style.display = "";
    spare.style.display = "none";
  }
  const move = () => frame && place(shown, frame, map);
  function settle(): void {
    move();
    clearTimeout(resting);
    cancelAnimationFrame(piece);
    if (!serves(shown, frame, map)) resting = setTimeout(draw, REST_MS);
  }
  follow(map, settle, move, () => {
    clearTimeout(resting);
    cancelAnimationFrame(piece);
  });
  draw();
}
