import { afterEach, expect, test } from "vitest";
import { named, speech, t, words } from "./words.svelte";

afterEach(() => speech.speak("zh"));

test("every word is there in Chinese and in English, with the same blanks", () => {
  for (const [name, [zh, en]] of Object.entries(words)) {
    const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    expect(zh, name).not.toBe("");
    expect(en, name).not.toBe("");
    expect(blanks(zh), name).toEqual(blanks(en));
    expect(en, `${name} in English`).not.toMatch(/[一-鿿]/);
  }
});

test("no two lists name the same word", () => {
  const lists = Object.values(import.meta.glob<Record<string, Record<string, unknown>>>(["./*.ts", "!./tour.ts", "!./words*"], { eager: true }));
  const names = lists.flatMap((list) => Object.values(list)).flatMap((list) => Object.keys(list));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.length).toBe(Object.keys(words).length);
});

test("Chinese comes first and English is one switch away", () => {
  expect(t("saved.no")).toBe("没有保存。");
  speech.speak("en");
  expect(t("saved.no")).toBe("Nothing was saved.");
  expect(document.documentElement.lang).toBe("en");
});

test("a code that nobody has named shows itself", () => {
  expect(named("state", "done")).toBe("完成");
  expect(named("state", "brand_new")).toBe("brand_new");
});
