import { expect, test } from "vitest";
import { commandFor } from "./gridkeys";

const press = (key: string, more: object = {}) =>
  commandFor({ key, code: "", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test("digits choose the meal, nought takes it away, v asks for a visit", () => {
  expect(press("1")).toEqual({ do: "dish", nth: 0 });
  expect(press("0")).toEqual({ do: "none" });
  expect(press("v")).toEqual({ do: "visit" });
  expect(press("v", { ctrlKey: true })).toEqual({ do: "paste" });
});

test("shift with an arrow makes the choice larger", () => {
  expect(press("ArrowDown", { shiftKey: true })).toEqual({ do: "move", rows: 1, columns: 0, extend: true });
});

test("a whole column, and the next that wants somebody", () => {
  expect(press("a", { ctrlKey: true })).toEqual({ do: "all" });
  expect(press("n")).toEqual({ do: "next" });
  expect(press("p")).toEqual({ do: "plan" });
});

test("a Chinese input method does not get in the way", () => {
  expect(press("１")).toEqual({ do: "dish", nth: 0 });
  expect(press("Process", { code: "Digit2" })).toEqual({ do: "dish", nth: 1 });
  expect(press("Process", { code: "KeyV" })).toEqual({ do: "visit" });
});

test("keys with no meaning are left to the browser", () => {
  expect(press("F5")).toBeNull();
  expect(press("r", { ctrlKey: true })).toBeNull();
  expect(press("1", { altKey: true })).toBeNull();
});
