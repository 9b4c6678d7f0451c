import { expect, test, vi } from "vitest";
import { calmly } from "./calm";

test("a hundred pieces of news are two readings: one now, one that has the last of them", async () => {
  vi.useFakeTimers();
  const read = vi.fn(async () => undefined);
  const tell = calmly(read, 1000);
  for (let n = 0; n < 100; n += 1) tell();
  expect(read).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1100);
  expect(read).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(read).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test("a reading that fails does not stop the next", async () => {
  vi.useFakeTimers();
  const read = vi.fn(() => Promise.reject(new Error("down")));
  const tell = calmly(read, 10);
  tell();
  await vi.advanceTimersByTimeAsync(20);
  tell();
  expect(read).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test("a server that takes long is asked less often", async () => {
  vi.useFakeTimers();
  const read = vi.fn(() => new Promise((go) => setTimeout(go, 1000)));
  const tell = calmly(read, 1000);
  tell();
  await vi.advanceTimersByTimeAsync(500);
  tell();
  await vi.advanceTimersByTimeAsync(2400); // 1 s reading, 2 s of rest
  expect(read).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(200);
  expect(read).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
