import { expect, test } from "vitest";
import { clockOf, hoursToSeconds, runsOut, secondsOf } from "./papers";

test("times of day go both ways, and nonsense is none", () => {
  expect(secondsOf(clockOf(8 * 3600 + 1800))).toBe(30_600);
  expect(secondsOf("25:00")).toBeNull();
  expect(secondsOf("acht")).toBeNull();
});

test("hours become seconds, and an empty field no limit", () => {
  expect(hoursToSeconds("4.5")).toBe(16_200);
  expect(hoursToSeconds(" ")).toBeNull();
});

test("a paper says whether it has run out", () => {
  const paper = { id: "1", kind: "insurance", skill: null, issuer: "", from_on: "", until_on: "" } as const;
  expect(runsOut({ ...paper, days_left: -1 })).toContain("过期");
  expect(runsOut({ ...paper, days_left: 0 })).toContain("今天");
  expect(runsOut({ ...paper, days_left: 9 })).toContain("9 天");
});
