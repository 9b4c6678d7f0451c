import { expect, test } from "vitest";
import { askedOf, byHowMuch, relaxed } from "./relaxing";

test("seconds are told in minutes, upwards, and other amounts as they are", () => {
  expect(byHowMuch("window", 61)).toBe("2 分钟");
  expect(byHowMuch("capacity", 3)).toBe("3");
  expect(byHowMuch("skill", null)).toBe("");
});

test("a relaxation is a sentence that says it works", () => {
  expect(relaxed({ kind: "window", value: 480 })).toBe("最晚时间放宽 8 分钟就能排上");
  expect(relaxed({ kind: "person", value: 1 })).toBe("再来 1 个人就能排上");
  expect(relaxed(null)).toBe("没有找到可行的让步");
});

test("a skill that is missing has its word, a paper sheet among them", () => {
  expect(byHowMuch("skill", "paper")).toBe("凭纸单");
  expect(relaxed({ kind: "skill", value: "paper" })).toBe("有人具备「凭纸单」就能排上");
});

test("time is tried with one press, the hot limit never", () => {
  expect(askedOf("o", { kind: "shift", value: 300 })).toEqual({ kind: "shift", order_id: "o", value: 300 });
  expect(askedOf("o", { kind: "ride", value: 300 })).toBeNull();
  expect(askedOf("o", { kind: "skill", value: "paper" })).toBeNull();
});
