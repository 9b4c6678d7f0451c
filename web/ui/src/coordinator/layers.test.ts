import { expect, test } from "vitest";
import { map as makeMap } from "leaflet";
import { dotsLayer } from "./dots";
import { heading, helpersLayer } from "./layers";
import { signsLayer } from "./signs";

const at = { lat: 36.66, lon: 117.02 };

test("a heading is one of eight arrows, north up", () => {
  expect(heading(at, { lat: 36.67, lon: 117.02 })).toBe("↑");
  expect(heading(at, { lat: 36.66, lon: 117.03 })).toBe("→");
  expect(heading(at, { lat: 36.65, lon: 117.02 })).toBe("↓");
  expect(heading(at, { lat: 36.66, lon: 117.01 })).toBe("←");
  expect(heading(at, { lat: 36.67, lon: 117.0325 })).toBe("↗");
});

test("who stands still has no heading", () => {
  expect(heading(at, at)).toBe("");
  expect(heading(undefined, at)).toBe("");
});

test("who moves keeps their sign, and who is gone loses it", () => {
  const map = makeMap(document.body.appendChild(document.createElement("div"))).setView([36.66, 117.02], 13);
  const layer = helpersLayer(dotsLayer(map), signsLayer(map));
  const helper = (id: string, lat: number) => ({ id, label: id, kind: "courier", mode: "walk", lat, lon: 117.02, at: null, on_duty: true, round_id: null, help_call_id: null, paper: false });
  const age = () => ({ words: "1", old: false });
  const signs = () => [...document.querySelectorAll(".helper")];
  layer.show([helper("a", 36.66), helper("b", 36.66)], null, age);
  const before = signs();
  layer.show([helper("a", 36.67)], "a", () => ({ words: "2", old: true }));
  expect(signs()).toEqual([before[0]]);
  expect(before[0]?.textContent).toBe("↑ a 2");
  expect(before[0]?.className).toContain("old");
  expect(before[0]?.className).toContain("picked");
});
