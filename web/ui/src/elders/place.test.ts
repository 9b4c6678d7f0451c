import { expect, test } from "vitest";
import { NOWHERE, pointOf } from "./place";

test("only two numbers make a point", () => {
  expect(pointOf(NOWHERE)).toBeNull();
  expect(pointOf({ ...NOWHERE, lat: "36.6", lon: " " })).toBeNull();
  expect(pointOf({ ...NOWHERE, lat: "36.6", lon: "一一七" })).toBeNull();
  expect(pointOf({ lat: "36.6", lon: "117.02", datum: "gcj02", by: "typed" })).toEqual({ lat: 36.6, lon: 117.02, datum: "gcj02", by: "typed" });
});
