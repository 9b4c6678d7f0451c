/** Map layers: each shows what it is given on the dots and the signs that the map has. */
import { circleMarker, type Layer, type Map } from "leaflet";
import type { BoardHelper, BoardOrder, BoardRound } from "../wire/board";
import type { Dot, Dots, Look } from "./dots";
import { spotOf } from "./sheet";
import type { Sign, Signs } from "./signs";

/** Colours for the canvas are read from the stylesheet, so that they stay in one place. */
export function inks(): Record<"text" | "muted" | "accent" | "good" | "late" | "alarm" | "ground" | "line", string> {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read("text"), muted: read("muted"), accent: read("accent"), good: read("good"),
    late: read("late"), alarm: read("alarm"), ground: read("ground"), line: read("line"),
  };
}

interface Placed { lat: number; lon: number }
interface Known { dot: Dot; is: string }

/** Drawn last, the chosen one lies on top of a crowd. */
function chosenLast(dots: Dot[], chosen: string | null): Dot[] {
  const at = dots.findIndex((one) => one.id === chosen);
  return at < 0 ? dots : [...dots.slice(0, at), ...dots.slice(at + 1), ...dots.slice(at, at + 1)];
}

export function ordersLayer(dots: Dots, signs: Signs) {
  const ink = inks();
  const looks: Record<string, { ink: string; fill: string; radius: number }> = {
    blocked: { ink: ink.alarm, fill: ink.ground, radius: 6 },
    unassigned: { ink: ink.alarm, fill: ink.alarm, radius: 6 },
    waiting: { ink: ink.late, fill: ink.ground, radius: 5 },
    planned: { ink: ink.accent, fill: ink.ground, radius: 5 },
    under_way: { ink: ink.accent, fill: ink.accent, radius: 5 },
    done: { ink: ink.good, fill: ink.good, radius: 4 },
    failed: { ink: ink.alarm, fill: ink.ground, radius: 5 },
  };
  const made = new globalThis.Map<string, Look>();
  let known = new globalThis.Map<string, Known>();
  let named: { sign: Sign; is: string } | null = null;

  function lookOf(state: string, late: boolean, picked: boolean): Look {
    const key = `${state} ${late} ${picked}`;
    const look = looks[state];
    const radius = (look?.radius ?? 5) + (picked ? 5 : 0);
    const found = made.get(key) ?? [{ radius, fill: look?.fill ?? ink.ground, ink: late ? ink.alarm : (look?.ink ?? ink.text), weight: picked ? 4 : 2 }];
    made.set(key, found);
    return found;
  }
  /** The chosen one says whose it is. */
  function name(one: (BoardOrder & Placed) | null): void {
    const is = one ? `${one.elder_label} ${one.lat} ${one.lon}` : "";
    if (is === (named?.is ?? "")) return;
    if (named) signs.drop(named.sign);
    named = one && { sign: signs.add("named leaflet-tooltip leaflet-tooltip-top", one, document.createTextNode(one.elder_label)), is };
  }
  return {
    show(orders: readonly BoardOrder[], chosen: string | null) {
      const now = new globalThis.Map<string, Known>();
      let changed = false;
      let picked: (BoardOrder & Placed) | null = null;
      for (const one of orders) {
        if (one.lat === null || one.lon === null || !looks[one.state]) continue;
        const late = (one.late_seconds ?? 0) > 0 && one.state !== "done";
        const mine = one.id === chosen;
        if (mine) picked = { ...one, lat: one.lat, lon: one.lon };
        const is = `${one.state} ${late} ${mine} ${one.lat} ${one.lon}`;
        const before = known.get(one.id);
        const look = lookOf(one.state, late, mine);
        changed ||= before?.is !== is;
        now.set(one.id, before?.is === is ? before : { dot: { id: one.id, kind: "order", spot: spotOf(one.lat, one.lon), look, radius: look[0]?.radius ?? 5 }, is });
      }
      name(picked);
      // A reading that changed no dot draws none.
      if (!changed && now.size === known.size) return;
      known = now;
      dots.show("order", chosenLast([...now.values()].map((one) => one.dot), chosen));
    },
  };
}

const ARROWS = ["↑", "↗", "→", "↘", "↓", "↙", "←", "↖"];

/** Which way somebody went between two places, as one of eight arrows; "" when they hardly moved. */
export function heading(from: Placed | undefined, to: Placed): string {
  if (!from) return "";
  const north = to.lat - from.lat;
  const east = (to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180);
  if (Math.hypot(north, east) < 0.00005) return "";
  const eighth = Math.round(Math.atan2(east, north) / (Math.PI / 4));
  return ARROWS[(eighth + 8) % 8] ?? "";
}

interface Helper { sign: Sign; name: Text; age: Text; at: Placed; arrow: string; look: string; dot: Dot }

/** One dot and one sign per helper, made once: afterwards they only move, and say how old they are. */
export function helpersLayer(dots: Dots, signs: Signs) {
  const all = new globalThis.Map<string, Helper>();
  let pointed: string | null = null;
  const ink = inks();
  const looks: Record<string, Look> = {
    "": [{ radius: 8, fill: ink.text }, { radius: 7, fill: ink.ground }, { radius: 4, fill: ink.text }],
    old: [{ radius: 6, fill: ink.ground, ink: ink.muted, weight: 2, dash: [4, 3] }],
    picked: [{ radius: 9, fill: ink.accent }, { radius: 7, fill: ink.ground }, { radius: 4, fill: ink.accent }],
  };

  function make(id: string, at: Placed): Helper {
    const label = document.createElement("span");
    const small = document.createElement("small");
    const [name, age] = [document.createTextNode(""), document.createTextNode("")];
    small.append(age);
    label.append(name, small);
    const sign = signs.add("helper", at, label);
    sign.element.dataset["helper"] = id;
    const made = { sign, name, age, at, arrow: "", look: "?", dot: { id, kind: "helper" as const, spot: sign.spot, look: [], radius: 8 } };
    all.set(id, made);
    return made;
  }

  return {
    show(helpers: readonly BoardHelper[], chosen: string | null, ageOf: (helper: BoardHelper) => { words: string; old: boolean }) {
      const gone = new Set(all.keys());
      let changed = false;
      for (const one of helpers) {
        if (one.lat === null || one.lon === null || !one.on_duty) continue;
        gone.delete(one.id);
        const at = { lat: one.lat, lon: one.lon };
        const mine = all.get(one.id) ?? make(one.id, at);
        mine.arrow = heading(mine.at, at) || mine.arrow;
        const moved = mine.at.lat !== at.lat || mine.at.lon !== at.lon;
        if (moved) signs.move(mine.sign, at);
        mine.at = at;
        const { words, old } = ageOf(one);
        write(mine.name, `${mine.arrow} ${one.label}`.trim());
        write(mine.age, ` ${words}`);
        const picked = one.id === chosen;
        const look = `${old ? "old" : ""} ${picked ? "picked" : ""}`;
        if (look === mine.look && !moved) continue;
        changed = true;
        mine.look = look;
        mine.dot = { ...mine.dot, spot: mine.sign.spot, look: (picked ? looks["picked"] : looks[old ? "old" : ""]) ?? [] };
        mine.sign.element.classList.toggle("old", old);
        mine.sign.element.classList.toggle("picked", picked);
      }
      for (const id of gone) {
        const left = all.get(id);
        if (left) signs.drop(left.sign);
        all.delete(id);
      }
      if (changed || gone.size) dots.show("helper", chosenLast([...all.values()].map((one) => one.dot), chosen));
    },
    /** Whoever is pointed at says their name, also in a crowd. */
    point(id: string | null): void {
      if (id === pointed) return;
      for (const [one, on] of [[pointed, false], [id, true]] as const) all.get(one ?? "")?.sign.element.classList.toggle("pointed", on);
      pointed = id;
    },
  };
}

function write(text: Text, words: string): void {
  if (text.data !== words) text.data = words;
}

/** The chosen round as a thin line with the numbers of its stops. */
export function roundLayer(dots: Dots, signs: Signs) {
  let numbers: Sign[] = [];
  let shown: BoardRound | null = null;
  return {
    show(round: BoardRound | null) {
      if (round === shown) return;
      shown = round;
      for (const one of numbers) signs.drop(one);
      const path = round?.path.length ? round.path : (round?.stops ?? []).map((one): [number, number] => [one.lat, one.lon]);
      dots.draw(path.map(([lat, lon]) => spotOf(lat, lon)), inks().accent);
      numbers = (round?.stops ?? []).map((stop) => {
        const number = document.createElement("span");
        number.append(stop.kind === "pickup" ? "取" : String(stop.seq));
        return signs.add(stop.state === "done" ? "stop ended" : "stop", stop, number);
      });
    },
  };
}

/** A place that somebody is about to set. */
export function placingLayer(map: Map) {
  let dot: Layer | null = null;
  return {
    show(at: Placed | null) {
      dot?.remove();
      dot = at && circleMarker([at.lat, at.lon], { radius: 12, weight: 4, color: inks().alarm, fillOpacity: 0.2 }).addTo(map);
    },
    remove: () => dot?.remove(),
  };
}
