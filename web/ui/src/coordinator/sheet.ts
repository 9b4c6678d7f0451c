/** A canvas over the map and some way around it, that is drawn anew only when it must be.
 *
 * A drag moves it as it is; a pinch scales it; what is drawn holds until the view leaves it. */
import { DomUtil, Point, type Handler, type Map } from "leaflet";

/** A piece of the world in its pixels at one zoom. */
export interface Frame { zoom: number; left: number; top: number; width: number; height: number }

/** A place as shares of the square world, in the projection of all web maps. */
export interface Spot { x: number; y: number }

const AROUND = 0.4;
/** So much of the view's size must be left on each side when nobody drags. */
const SPARE = 0.12;
const TILE = 256;
/** A canvas has at most so many dots for each pixel of the page. */
export const SHARPEST = 2;
/** A larger canvas stays empty on some tablets. */
const MOST_DOTS = 2 ** 24;

export const worldOf = (zoom: number): number => TILE * 2 ** zoom;

export function spotOf(lat: number, lon: number): Spot {
  const sin = Math.sin((lat * Math.PI) / 180);
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
}

/** Whether the frame still shows the view, with something to spare for the next drag. */
export function covers(frame: Frame, view: Frame): boolean {
  const [x, y] = [view.width * SPARE, view.height * SPARE];
  return (
    frame.zoom === view.zoom && frame.left <= view.left - x && frame.top <= view.top - y &&
    frame.left + frame.width >= view.left + view.width + x && frame.top + frame.height >= view.top + view.height + y
  );
}

export function around(view: Frame): Frame {
  const [x, y] = [Math.round(view.width * AROUND), Math.round(view.height * AROUND)];
  return { zoom: view.zoom, left: view.left - x, top: view.top - y, width: view.width + 2 * x, height: view.height + 2 * y };
}

export function viewOf(map: Map): Frame {
  const corner = map.getPixelBounds().min ?? new Point(0, 0);
  const size = map.getSize();
  return { zoom: map.getZoom(), left: Math.round(corner.x), top: Math.round(corner.y), width: size.x, height: size.y };
}

/** Whether somebody drags the map at this moment. */
export function isDragged(map: Map): boolean {
  const drag: Handler & { moving?: () => boolean } = map.dragging;
  return drag.moving?.() ?? false;
}

export function makeCanvas(pane: HTMLElement): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.className = "leaflet-zoom-animated"; // scaled from its corner
  pane.append(made);
  return made;
}

/** Puts a canvas where its frame is, scaled while the zoom is another. */
export function place(canvas: HTMLCanvasElement, frame: Frame, map: Map): void {
  const scale = 2 ** (map.getZoom() - frame.zoom);
  const origin = map.getPixelOrigin();
  DomUtil.setTransform(canvas, new Point(frame.left * scale - origin.x, frame.top * scale - origin.y), scale);
}

/** So many dots has a canvas for each pixel of the page: as the screen, where it is not too large. */
export function sharpness({ width, height }: Frame): number {
  const most = Math.floor(8 * Math.sqrt(MOST_DOTS / Math.max(1, width * height))) / 8;
  return Math.min(SHARPEST, window.devicePixelRatio || 1, most);
}

/** Whether what was drawn still serves: it shows the view, and is as sharp as the screen is now. */
export function serves(canvas: HTMLCanvasElement, frame: Frame | null, map: Map): frame is Frame {
  return frame !== null && covers(frame, viewOf(map)) && canvas.width === Math.round(frame.width * sharpness(frame));
}

/** An empty canvas of the frame's size, as sharp as the screen. */
export function clean(canvas: HTMLCanvasElement, frame: Frame): CanvasRenderingContext2D | null {
  const dots = sharpness(frame);
  const [width, height] = [Math.round(frame.width * dots), Math.round(frame.height * dots)];
  const ctx = canvas.getContext("2d");
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
    [canvas.style.width, canvas.style.height] = [`${frame.width}px`, `${frame.height}px`];
  } else {
    ctx?.setTransform(1, 0, 0, 1, 0, 0);
    ctx?.clearRect(0, 0, width, height);
  }
  ctx?.setTransform(dots, 0, 0, dots, 0, 0);
  return ctx;
}

/** Tells of each rest and each zoom until the map is gone; Leaflet may tell of a rest even later. */
export function follow(map: Map, rest: () => void, zoom: () => void, gone: () => void): void {
  map.on("moveend viewreset", rest).on("zoom", zoom);
  map.once("unload", () => {
    map.off("moveend viewreset", rest).off("zoom", zoom);
    gone();
  });
}

export interface Sheet { ask: () => void }

/** Drawn in one go: at once when the view has left it, else with the next frame when asked. */
export function sheet(map: Map, paint: (ctx: CanvasRenderingContext2D, frame: Frame) => void): Sheet {
  const canvas = makeCanvas(map.getPanes().overlayPane);
  let frame: Frame | null = null;
  let [asked, gone] = [0, false];
  function draw(): void {
    cancelAnimationFrame(asked);
    asked = 0;
    frame = around(viewOf(map));
    const ctx = clean(canvas, frame);
    if (ctx) paint(ctx, frame);
    place(canvas, frame, map);
  }
  function settle(): void {
    if (serves(canvas, frame, map)) place(canvas, frame, map);
    else draw();
  }
  follow(map, settle, () => frame && place(canvas, frame, map), () => {
    gone = true;
    cancelAnimationFrame(asked);
  });
  draw();
  return {
    ask() {
      if (!gone) asked ||= requestAnimationFrame(draw);
    },
  };
}
