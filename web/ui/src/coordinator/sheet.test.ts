import { latLng } from "leaflet";
import { map as makeMap } from "leaflet";
import { expect, test, vi } from "vitest";
import { dotAt, type Dot } from "./dots";
import { around, covers, sharpness, spotOf, worldOf } from "./sheet";
import { drawStreets, streetsOf } from "./streets";

const view = { zoom: 13, left: 1000, top: 2000, width: 800, height: 600 };

test("a spot is where Leaflet puts it", () => {
  const map = makeMap(document.createElement("div")).setView([36.66, 117.02], 13);
  const there = map.project(latLng(36.7, 116.9), 13);
  const spot = spotOf(36.7, 116.9);
  expect(spot.x * worldOf(13)).toBeCloseTo(there.x, 5);
  expect(spot.y * worldOf(13)).toBeCloseTo(there.y, 5);
});

test("a frame holds for a drag, until its edge comes near or the zoom is another", () => {
  const frame = around(view);
  expect(frame).toEqual({ zoom: 13, left: 680, top: 1760, width: 1440, height: 1080 });
  expect(covers(frame, { ...view, left: 1220, top: 2120 })).toBe(true);
  expect(covers(frame, { ...view, left: 1260 })).toBe(false);
  expect(covers(frame, { ...view, zoom: 13.5 })).toBe(false);
});

test("a canvas is as sharp as the screen, and never larger than a tablet draws", () => {
  expect(sharpness(view)).toBe(1);
  vi.stubGlobal("devicePixelRatio", 3);
  expect(sharpness(view)).toBe(2);
  const wide = around({ ...view, width: 2400, height: 1300 });
  expect(sharpness(wide)).toBeLessThan(2);
  expect(wide.width * wide.height * sharpness(wide) ** 2).toBeLessThanOrEqual(2 ** 24);
  vi.unstubAllGlobals();
});

test("the topmost dot under the pointer is the one, a little beside it too", () => {
  const dot = (id: string, x: number): Dot => ({ id, kind: "order", spot: { x: x / 1000, y: 0.5 }, look: [], radius: 5 });
  const dots = [dot("below", 500), dot("above", 504), dot("beside", 520)];
  expect(dotAt(dots, 1000, 501, 500)?.id).toBe("above");
  expect(dotAt(dots, 1000, 494, 500)?.id).toBe("below");
  expect(dotAt(dots, 1000, 512.5, 500)).toBeNull();
});

test("streets are drawn in pieces, the small ones first, and only those in sight", () => {
  const told: string[] = [];
  const ctx = new Proxy({}, { get: (_, name) => () => told.push(String(name)), set: () => true }) as CanvasRenderingContext2D;
  const long = Array.from({ length: 4000 }, (_, n): [number, number] => [36.6 + n / 40_000, 117]);
  const streets = streetsOf([[0, [36.65, 117], [36.66, 117.01]], [2, ...long], [1, [30, 100], [30.1, 100]]]);
  expect(streets.map((one) => one.kind)).toEqual([2, 1, 0]);
  const corner = spotOf(36.7, 117);
  const frame = { zoom: 16, left: corner.x * worldOf(16) - 100, top: corner.y * worldOf(16), width: 2000, height: 20_000 };
  const pieces = [...drawStreets(ctx, streets, frame)];
  expect(pieces).toHaveLength(1);
  expect(told.filter((one) => one === "moveTo")).toHaveLength(2);
  expect(told.filter((one) => one === "stroke")).toHaveLength(2);
});
