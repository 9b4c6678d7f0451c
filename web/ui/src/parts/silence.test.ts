import { expect, test } from "vitest";
import { consequences, howLong } from "./silence";

test("a silent relay means that the page may be old", () => {
  expect(consequences([{ part: "relay", seconds: 30 }]).join()).toContain("可能不是最新的");
});

test("nobody plans only when neither workers nor timers live", () => {
  const work = { part: "work", seconds: null };
  expect(consequences([work]).join()).toContain("慢一些");
  expect(consequences([work, { part: "schedule", seconds: 40 }]).join()).toContain("目前没有人排线");
});

test("a silence is told in the unit that says enough", () => {
  expect(howLong([{ part: "relay", seconds: 45 }, { part: "work", seconds: null }])).toContain("45 秒");
  expect(howLong([{ part: "relay", seconds: 600 }, { part: "schedule", seconds: 30 }])).toContain("10 分钟");
  expect(howLong([{ part: "work", seconds: null }])).toBe("");
});
