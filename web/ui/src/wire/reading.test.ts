import { expect, test, vi } from "vitest";
import { Reading } from "./reading.svelte";
import { Refused } from "./refused";

const later = <T>(value: T, ms: number) => new Promise<T>((go) => setTimeout(() => go(value), ms));

test("a slow answer to an earlier question never replaces a newer one", async () => {
  const reading = new Reading<string>();
  const slow = reading.read(() => later("old", 30));
  await reading.read(() => later("new", 1));
  expect(await slow).toBeNull();
  expect(reading.value).toBe("new");
});

test("nothing is said about loading before people notice it", async () => {
  vi.useFakeTimers();
  const reading = new Reading<string>();
  const asked = reading.read(() => later("there", 1000));
  await vi.advanceTimersByTimeAsync(250);
  expect(reading.slow).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(reading.slow).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  await asked;
  expect(reading.slow).toBe(false);
  vi.useRealTimers();
});

test("what was read stays when reading again fails, and counts as stale", async () => {
  const reading = new Reading<string>();
  await reading.read(() => later("there", 1));
  await reading.read(() => Promise.reject(new Refused(503, "busy", "", "nothing_to_save")));
  expect([reading.value, reading.stale]).toEqual(["there", true]);
  await reading.read(() => later("again", 1));
  expect([reading.value, reading.stale]).toEqual(["again", false]);
});

test("an older answer never replaces what a deed answered with; it is asked for again", async () => {
  const reading = new Reading<string>();
  const answers = ["before the deed", "after the deed"];
  const slow = reading.read(() => later(answers.shift() ?? "", 20));
  reading.take("the deed");
  expect(await slow).toBeNull();
  expect(reading.value).toBe("the deed");
  await vi.waitFor(() => expect(reading.value).toBe("after the deed"));
  expect(answers).toEqual([]);
});
