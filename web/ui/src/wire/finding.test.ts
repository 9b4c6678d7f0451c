import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Finding } from "./finding.svelte";

const answers: Record<string, (names: string[]) => void> = {};
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (path: string) => new Promise((go) => {
    const q = new URL(path, "http://here").searchParams.get("q") ?? "";
    answers[q] = (names) => go(new Response(JSON.stringify({ elders: names.map((name) => ({ id: name, name })) })));
  }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("an answer to what was typed before never stands for what is typed now", async () => {
  const finding = new Finding(6);
  const names = () => finding.found.map((one) => one.name);
  finding.look("wang");
  await vi.advanceTimersByTimeAsync(200);
  finding.look("wangxy");
  await vi.advanceTimersByTimeAsync(200);
  answers["wangxy"]?.(["王小英"]);
  await vi.advanceTimersByTimeAsync(0);
  answers["wang"]?.(["王桂英"]);
  await vi.advanceTimersByTimeAsync(0);
  expect([names(), finding.asking]).toEqual([["王小英"], false]);
  finding.look("");
  expect([names(), finding.asking]).toEqual([[], false]);
});
