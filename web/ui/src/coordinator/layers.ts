/** Map layers: each adds itself, shows what it is given, and removes what it added. */
import { canvas, circleMarker, divIcon, layerGroup, marker, polyline, type Layer, type Map } from "leaflet";
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
  return {
    show(orders: readonly BoardOrder[], chosen: string | null) {
      group.clearLayers();
      for (const one of orders) {
        const look = looks[one.state];
        if (one.lat === null || one.lon === null || !look) continue;
        const late = (one.late_seconds ?? 0) > 0 && one.state !== "done";
        const picked = one.id === chosen;
        const dot = circleMarker([one.lat, one.lon], {
          radius: picked ? look.radius + 5 : look.radius, weight: picked ? 4 : 2,
          color: late ? ink.alarm : look.ink, fillColor: look.fill, fillOpacity: 1,
        });
        dot.on("click", () => press(one.id)).addTo(group);
        if (picked) dot.bindTooltip(one.elder_label, { permanent: true, direction: "top", offset: [0, -10] });
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

export function helpersLayer(map: Map, press: (id: string) => void) {
  const group = layerGroup().addTo(map);
  const before = new globalThis.Map<string, { lat: number; lon: number; arrow: string }>();
  return {
    show(helpers: readonly BoardHelper[], chosen: string | null, ageOf: (helper: BoardHelper) => { words: string; old: boolean }) {
      group.clearLayers();
      for (const one of helpers) {
        if (one.lat === null || one.lon === null || !one.on_duty) continue;
        const at = { lat: one.lat, lon: one.lon };
        const was = before.get(one.id);
        const arrow = heading(was, at) || (was?.arrow ?? "");
        before.set(one.id, { ...at, arrow });
        const { words, old } = ageOf(one);
        const picked = one.id === chosen;
        const sign = document.createElement("div");
        const dot = document.createElement("i");
        const label = document.createElement("span");
        label.append(`${arrow} ${one.label}`.trim());
        const age = document.createElement("small");
        age.append(` ${words}`);
        label.append(age);
        sign.append(dot, label);
        const classes = ["helper", old ? "old" : "", picked ? "picked" : ""].filter(Boolean).join(" ");
        const icon = divIcon({ className: classes, html: sign, iconSize: [0, 0] });
        marker([one.lat, one.lon], { icon, keyboard: false, riseOnHover: true, zIndexOffset: picked ? 1000 : 0 })
          .on("click", () => press(one.id))
          .addTo(group);
      }
    },
    remove: () => group.remove(),
  };
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
