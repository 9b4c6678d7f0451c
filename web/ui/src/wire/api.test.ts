import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { post, useSession, whenSignedOut, withQuery } from "./api";
import { Refused } from "./refused";

const touch = (name: string) => globalThis.dispatchEvent(new Event(name));

type Asked = { path: string; headers: Record<string, string> };
let asked: Asked[] = [];
let answers: (() => Response | never)[] = [];

const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status });
const broken = () => {
  throw new TypeError("network");
};

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  useSession({ csrf: "token" });
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, headers: init.headers as Record<string, string> });
    return (answers.shift() ?? broken)();
  });
});
afterEach(() => vi.useRealTimers());

test("a deed keeps its key while the line is broken and until it is answered", async () => {
  answers = [broken, json(503, { error: "busy", detail: "忙" }), json(201, { id: "1" })];
  const done = post("/api/orders", { elder_id: "e" });
  await vi.runAllTimersAsync();
  expect(await done).toEqual({ id: "1" });
  const keys = asked.map((one) => one.headers["Idempotency-Key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(asked[0]?.headers["X-CSRF"]).toBe("token");
});

test("after an answer the same deed is a new one", async () => {
  answers = [json(201, {}), json(201, {})];
  await post("/api/orders", { elder_id: "e" });
  await post("/api/orders", { elder_id: "e" });
  expect(asked[0]?.headers["Idempotency-Key"]).not.toBe(asked[1]?.headers["Idempotency-Key"]);
});

test("a deed given up keeps its key for the next try", async () => {
  answers = [broken, broken, broken, json(200, {})];
  const first = post("/api/x", { a: 1 }).catch((reason: unknown) => reason);
  await vi.runAllTimersAsync();
  const refused = (await first) as Refused;
  expect([refused.code, refused.saved]).toEqual(["offline", "unknown"]);
  await post("/api/x", { a: 1 });
  expect(new Set(asked.map((one) => one.headers["Idempotency-Key"])).size).toBe(1);
});

test("a refusal says what happened, that nothing is saved, and what now", async () => {
  answers = [json(409, { error: "already_ordered", detail: "这位老人今天午餐已订。", reference: "r1" })];
  const refused = (await post("/api/orders").catch((reason: unknown) => reason)) as Refused;
  expect(refused.what).toBe("这位老人今天午餐已订。");
  expect(refused.savedWords).toBe("没有保存。");
  expect(refused.now).not.toBe("");
  expect(asked).toHaveLength(1);
});

test("a session that has ended is told to the page", async () => {
  const left = vi.fn();
  whenSignedOut(left);
  answers = [json(401, { error: "not_signed_in", detail: "" })];
  await post("/api/orders").catch(() => null);
  expect(left).toHaveBeenCalledOnce();
});

test("who only types is there, and is told of once in five minutes", () => {
  answers = [json(200, {}), json(200, {})];
  vi.advanceTimersByTime(60 * 60_000);
  touch("keydown"); // told of now, whenever it was before
  asked = [];
  for (const minutes of [4, 2, 1]) {
    vi.advanceTimersByTime(minutes * 60_000);
    touch("keydown");
  }
  expect(asked.map((one) => [one.path, one.headers["X-Untouched-Seconds"]])).toEqual([["/api/me", "0"]]);
});

test("empty values stay out of the query", () => {
  expect(withQuery("/api/elders", { q: "", usual: 1, on: null })).toBe("/api/elders?usual=1");
});
