/** Map layers: each adds itself, shows what it is given, and removes what it added. */
import { canvas, circleMarker, divIcon, layerGroup, Marker, marker, polyline, type CircleMarker, type Layer, type Map, type Point } from "leaflet";
import type { BoardHelper, BoardOrder, BoardRound, RoadLine } from "../wire/board";

export interface Look { ink: string; fill: string; radius: number; dash?: string }

/** Colours for the canvas are read from the stylesheet, so that they stay in one place. */
export function inks(): Record<"text" | "muted" | "accent" | "good" | "late" | "alarm" | "ground" | "line", string> {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read("text"), muted: read("muted"), accent: read("accent"), good: read("good"),
    late: read("late"), alarm: read("alarm"), ground: read("ground"), line: read("line"),
  };
}

const ROAD_WIDTH = [2.4, 1.4, 0.8];
const ROAD_INK = ["#b9c0c8", "#ccd1d7", "#dde1e5"];

/** Three long lines instead of ten thousand: one path per class of road.
 *
 * They lie on a canvas of their own, under the others: a dot that moves draws no street anew. */
export function roadsLayer(map: Map, lines: RoadLine[]) {
  const pane = map.getPane("roads") ?? map.createPane("roads");
  pane.style.zIndex = "350";
  const renderer = canvas({ pane: "roads", padding: 0.4 });
  const group = layerGroup().addTo(map);
  for (const kind of [2, 1, 0]) {
    const points = lines.filter((one) => one[0] === kind).map((one) => one.slice(1) as [number, number][]);
    if (!points.length) continue;
    const options = { color: ROAD_INK[kind] ?? "#ccd1d7", weight: ROAD_WIDTH[kind] ?? 1, interactive: false, smoothFactor: 1.2, renderer, pane: "roads" };
    polyline(points, options).addTo(group);
  }
  return { remove: () => group.remove() };
}

export function ordersLayer(map: Map, press: (id: string) => void) {
  const group = layerGroup().addTo(map);
  const ink = inks();
  const looks: Record<string, Look> = {
    blocked: { ink: ink.alarm, fill: ink.ground, radius: 6 },
    unassigned: { ink: ink.alarm, fill: ink.alarm, radius: 6 },
    waiting: { ink: ink.late, fill: ink.ground, radius: 5 },
    planned: { ink: ink.accent, fill: ink.ground, radius: 5 },
    under_way: { ink: ink.accent, fill: ink.accent, radius: 5 },
    done: { ink: ink.good, fill: ink.good, radius: 4 },
    failed: { ink: ink.alarm, fill: ink.ground, radius: 5 },
  };
  // Only what changed is drawn: two thousand dots made anew would cost a frame each second.
  const drawn = new globalThis.Map<string, { dot: CircleMarker; is: string }>();
  return {
    show(orders: readonly BoardOrder[], chosen: string | null) {
      const gone = new Set(drawn.keys());
      for (const one of orders) {
        const look = looks[one.state];
        if (one.lat === null || one.lon === null || !look) continue;
        const late = (one.late_seconds ?? 0) > 0 && one.state !== "done";
        const picked = one.id === chosen;
        const is = `${one.state} ${late} ${picked} ${one.lat} ${one.lon}`;
        gone.delete(one.id);
        const before = drawn.get(one.id);
        if (before?.is === is) continue;
        before?.dot.remove();
        const dot = circleMarker([one.lat, one.lon], {
          radius: picked ? look.radius + 5 : look.radius, weight: picked ? 4 : 2,
          color: late ? ink.alarm : look.ink, fillColor: look.fill, fillOpacity: 1,
        });
        dot.on("click", () => press(one.id)).addTo(group);
        if (picked) dot.bindTooltip(one.elder_label, { permanent: true, direction: "top", offset: [0, -10] });
        drawn.set(one.id, { dot, is });
      }
      for (const id of gone) {
        drawn.get(id)?.dot.remove();
        drawn.delete(id);
      }
    },
    remove: () => group.remove(),
  };
}

const ARROWS = ["↑", "↗", "→", "↘", "↓", "↙", "←", "↖"];

/** Which way somebody went between two places, as one of eight arrows; "" when they hardly moved. */
export function heading(from: { lat: number; lon: number } | undefined, to: { lat: number; lon: number }): string {
  if (!from) return "";
  const north = to.lat - from.lat;
  const east = (to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180);
  if (Math.hypot(north, east) < 0.00005) return "";
  const eighth = Math.round(Math.atan2(east, north) / (Math.PI / 4));
  return ARROWS[(eighth + 8) % 8] ?? "";
}

/** A sign that lies flat on the map: moved by `left` and `top`.
 *
 * A 3-D transform, Leaflet's way, makes each of five hundred signs a layer of its own, and the
 * browser puts all of them together anew in each frame of a drag. */
const FlatMarker = Marker.extend({
  _setPos(this: { _icon: HTMLElement & { _leaflet_pos?: Point } }, pos: Point) {
    const icon = this._icon;
    if (!icon) return;
    icon._leaflet_pos = pos;
    icon.style.left = `${pos.x}px`;
    icon.style.top = `${pos.y}px`;
  },
}) as unknown as typeof Marker;

interface Sign { marker: Marker; name: Text; age: Text; at: { lat: number; lon: number }; arrow: string; classes: string }

/** One sign per helper, made once: afterwards it only moves, and says how old it is. */
export function helpersLayer(map: Map, press: (id: string) => void) {
  const group = layerGroup().addTo(map);
  const signs = new globalThis.Map<string, Sign>();

  function make(id: string, at: { lat: number; lon: number }): Sign {
    const sign = document.createElement("div");
    const label = document.createElement("span");
    const small = document.createElement("small");
    const [name, age] = [document.createTextNode(""), document.createTextNode("")];
    small.append(age);
    label.append(name, small);
    sign.append(document.createElement("i"), label);
    const icon = divIcon({ className: "helper", html: sign, iconSize: [0, 0] });
    const made = new FlatMarker([at.lat, at.lon], { icon, keyboard: false }).on("click", () => press(id)).addTo(group);
    const fresh = { marker: made, name, age, at, arrow: "", classes: "" };
    signs.set(id, fresh);
    return fresh;
  }

  return {
    show(helpers: readonly BoardHelper[], chosen: string | null, ageOf: (helper: BoardHelper) => { words: string; old: boolean }) {
      const gone = new Set(signs.keys());
      for (const one of helpers) {
        if (one.lat === null || one.lon === null || !one.on_duty) continue;
        gone.delete(one.id);
        const at = { lat: one.lat, lon: one.lon };
        const sign = signs.get(one.id) ?? make(one.id, at);
        sign.arrow = heading(sign.at, at) || sign.arrow;
        if (sign.at.lat !== at.lat || sign.at.lon !== at.lon) sign.marker.setLatLng([at.lat, at.lon]);
        sign.at = at;
        const { words, old } = ageOf(one);
        write(sign.name, `${sign.arrow} ${one.label}`.trim());
        write(sign.age, ` ${words}`);
        const classes = `${old ? "old" : ""} ${one.id === chosen ? "picked" : ""}`;
        if (classes === sign.classes) continue;
        sign.classes = classes;
        sign.marker.getElement()?.classList.toggle("old", old);
        sign.marker.getElement()?.classList.toggle("picked", one.id === chosen);
      }
      for (const id of gone) {
        signs.get(id)?.marker.remove();
        signs.delete(id);
      }
    },
    remove: () => group.remove(),
  };
}

function write(text: Text, words: string): void {
  if (text.data !== words) text.data = words;
}

/** The chosen round as a thin line with the numbers of its stops. */
export function roundLayer(map: Map) {
  const group = layerGroup().addTo(map);
  return {
    show(round: BoardRound | null) {
      group.clearLayers();
      if (!round) return;
      const ink = inks();
      const path = round.path.length ? round.path : round.stops.map((one): [number, number] => [one.lat, one.lon]);
      polyline(path, { color: ink.accent, weight: 2.5, interactive: false }).addTo(group);
      for (const stop of round.stops) {
        const number = document.createElement("span");
        number.append(stop.kind === "pickup" ? "取" : String(stop.seq));
        const ended = stop.state === "done" ? " ended" : "";
        const icon = divIcon({ className: `stop${ended}`, html: number, iconSize: [0, 0] });
        marker([stop.lat, stop.lon], { icon, interactive: false, keyboard: false }).addTo(group);
      }
    },
    remove: () => group.remove(),
  };
}

/** A place that somebody is about to set. */
export function placingLayer(map: Map) {
  let dot: Layer | null = null;
  return {
    show(at: { lat: number; lon: number } | null) {
      dot?.remove();
      dot = at && circleMarker([at.lat, at.lon], { radius: 12, weight: 4, color: inks().alarm, fillOpacity: 0.2 }).addTo(map);
    },
    remove: () => dot?.remove(),
  };
}
