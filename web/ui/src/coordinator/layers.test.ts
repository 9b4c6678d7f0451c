import { expect, test } from "vitest";
import { heading } from "./layers";

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
