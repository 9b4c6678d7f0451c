import { expect, test } from "vitest";
import { words } from "../words/words.svelte";
import { valueOf, worstFirst } from "./signs";

const CODES = ["part_relay", "part_schedule", "part_work", "database", "queue", "feed", "cases", "phones", "promises", "solver", "disk", "backup", "drill", "keys", "journal"];

test("every sign has its name and what to do", () => {
  for (const code of CODES) {
    expect(words, code).toHaveProperty(`sign.${code}`);
    expect(words, code).toHaveProperty(`sign_todo.${code}`);
  }
});

test("a value is said in its own unit", () => {
  const said = (code: string, value: number | null, level = "good") => valueOf({ code, value, level: level as "good" });
  expect(said("disk", 0.0999)).toBe("剩余 9%");
  expect(said("cases", 2, "alarm")).toBe("2 件");
  expect(said("journal", 16_777_216)).toBe("17 MB");
  expect(said("journal", null, "off")).toBe("不适用");
  expect(said("backup", null, "alarm")).toBe("从来没有");
  expect(said("backup", null, "late")).toBe("读不到");
  expect(said("part_work", null, "alarm")).toBe("没有动静");
  expect(said("drill", 3 * 86400)).toBe("3 天前");
});

test("the worst stands first and the rest keeps its order", () => {
  const signs = worstFirst([
    { code: "a", level: "good", value: null }, { code: "b", level: "alarm", value: null },
    { code: "c", level: "good", value: null }, { code: "d", level: "late", value: null },
  ]);
  expect(signs.map((one) => one.code)).toEqual(["b", "d", "a", "c"]);
});
