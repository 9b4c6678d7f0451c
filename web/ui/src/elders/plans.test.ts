import { afterEach, expect, test } from "vitest";
import type { PlanRow } from "../wire/plans";
import { speech } from "../words/words.svelte";
import { grouped, sayMeal, sayPlan } from "./plans";

afterEach(() => speech.speak("zh"));

const plan = (weekday: number, dish: string | null = "A"): PlanRow => ({
  id: `${weekday}${dish}`, weekday, serving: "lunch", dish, channel: "delivery", from_on: "2026-11-20", until_on: null,
});

test("plans that differ only in the weekday are said as one", () => {
  const groups = grouped([plan(4), plan(0), plan(2, null)]);
  expect(groups.map((one) => sayPlan(one.first, one.weekdays))).toEqual(["周一、五 午餐 A · 送餐", "周三 午餐 合适的套餐 · 送餐"]);
  expect(sayPlan(plan(0), [0, 1, 2, 3, 4, 5, 6])).toContain("每天");
  speech.speak("en");
  expect(sayPlan(plan(0), [0, 2])).toContain("Mon, Wed");
});

test("a meal is said with its name where it is known", () => {
  expect(sayMeal("• pickup", "清蒸鱼片")).toBe("清蒸鱼片 · 自取");
  expect(sayMeal("B pickup")).toBe("B · 自取");
});
