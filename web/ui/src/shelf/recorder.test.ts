import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import { canonical, sha256 } from "./hash";
import type { FieldEvent } from "../wire/round";
import { Recorder, type Draft } from "./recorder";
import { openShelf, type Shelf } from "./shelf";
import { seal, unseal } from "./vault";
import { wipe } from "./wiping";

let shelf: Shelf;
let recorder: Recorder<FieldEvent>;
let name = 0;
const times = { wall_ms: 1000, mono_ms: 5, at_ms: 9000 };
const draft = (kind: FieldEvent["kind"], order: string | null = null): Draft<FieldEvent> => ({
  kind, round_id: "r", stop_id: "s", order_id: order, plan_version_seen: 3, detail: {}, pos: null, photo_sha256: [],
});

beforeEach(async () => {
  vi.useRealTimers();
  shelf = await openShelf(`test-${(name += 1)}`);
  recorder = await Recorder.open<FieldEvent>(shelf);
});

test("what is recorded is on the shelf when the promise is kept, and survives a restart", async () => {
  await recorder.record([draft("arrived")], "li", times);
  const again = await Recorder.open<FieldEvent>(shelf);
  const [kept] = await again.all();
  expect(kept?.event.kind).toBe("arrived");
  expect(again.device).toBe(recorder.device);
  expect(again.boot > recorder.boot).toBe(true);
});

test("each event carries the hash of the one before, also over a restart", async () => {
  await recorder.record([draft("loaded"), draft("departed")], "li", times);
  const again = await Recorder.open<FieldEvent>(shelf);
  await again.record([draft("arrived")], "li", times);
  const [first, second, third] = await again.all();
  expect(first?.event.prev_hash).toBe("");
  expect(second?.event.prev_hash).toBe(await sha256(canonical(first?.event)));
  expect(third?.event.prev_hash).toBe(second?.hash);
  expect([first, second, third].map((one) => one?.seq)).toEqual([1, 2, 3]);
});

test("ten taps at once give ten numbers in a row", async () => {
  await Promise.all(Array.from({ length: 10 }, () => recorder.record([draft("arrived")], "li", times)));
  const all = await recorder.all();
  expect(all.map((one) => one.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const [at, one] of all.entries()) expect(one.event.prev_hash).toBe(all[at - 1]?.hash ?? "");
});

test("the last deed can be taken back for ten seconds, all of its events together", async () => {
  await recorder.record([draft("arrived")], "li", times);
  const deed = await recorder.record([draft("handed_over", "a"), draft("handed_over", "b")], "li", times);
  expect(await recorder.due("li")).toHaveLength(1);
  expect(await recorder.undo(deed[0]?.deed ?? "")).toBe(true);
  expect((await recorder.all()).map((one) => one.event.kind)).toEqual(["arrived"]);
  const [next] = await recorder.record([draft("no_answer")], "li", times, 0);
  expect(next?.seq).toBe(2);
  expect(next?.event.prev_hash).toBe((await recorder.all())[0]?.hash);
});

test("after ten seconds, or when something followed, it is a fact", async () => {
  const [one] = await recorder.record([draft("arrived")], "li", times, -1);
  expect(await recorder.undo(one?.deed ?? "")).toBe(false);
  const [two] = await recorder.record([draft("handed_over")], "li", times);
  await recorder.record([draft("arrived")], "li", times);
  expect(await recorder.undo(two?.deed ?? "")).toBe(false);
});

test("no answer leaves the phone at once", async () => {
  await recorder.record([draft("no_answer")], "li", times, 0);
  expect((await recorder.due("li")).map((one) => one.kind)).toEqual(["no_answer"]);
});

test("what the server did not answer for stays unsent; nothing is dropped", async () => {
  await recorder.record([draft("loaded"), draft("departed"), draft("arrived")], "li", times, 0);
  const [a, b] = await recorder.due("li");
  await recorder.answered([
    { id: a?.id ?? "", state: "sent", reason: null, grade: null },
    { id: b?.id ?? "", state: "quarantined", reason: "not_his_stop", grade: null },
  ]);
  expect((await recorder.due("li")).map((one) => one.kind)).toEqual(["arrived"]);
  expect((await recorder.all()).map((one) => one.state)).toEqual(["sent", "quarantined", "kept"]);
});

test("a queue belongs to its account, and signing out keeps what is unsent", async () => {
  await recorder.record([draft("arrived")], "li", times, 0);
  expect(await recorder.due("wang")).toEqual([]);
  await wipe(shelf);
  expect(await recorder.due("li")).toHaveLength(1);
});

test("what happened lies shut, and opens again after a restart", async () => {
  const named = { ...draft("handed_over", "a"), detail: { to: "neighbour", name: "王芳" } };
  await recorder.record([named], "li", times);
  const [row] = await shelf.getAll("events");
  expect(row).not.toHaveProperty("event");
  expect(JSON.stringify(row)).not.toMatch(/王芳|handed_over/);
  const again = await Recorder.open<FieldEvent>(shelf);
  expect((await again.all())[0]?.event.detail["name"]).toBe("王芳");
});

test("with nothing left to send the key goes, and nothing opens any more", async () => {
  await seal(shelf, "me", { name: "李强" });
  const kept = await shelf.get("facts", "me");
  const [one] = await recorder.record([draft("arrived")], "li", times, 0);
  await wipe(shelf);
  expect(await shelf.get("facts", "key")).toBeDefined();
  await recorder.answered([{ id: one?.event.id ?? "", state: "sent", reason: null, grade: null }]);
  await wipe(shelf);
  expect(await shelf.getAllKeys("events")).toEqual([]);
  await shelf.put("facts", kept, "me");
  expect(await unseal(shelf, "me")).toBeNull();
});

test("the round is kept sealed", async () => {
  await seal(shelf, "round", { door: "3-201" });
  const raw = JSON.stringify(await shelf.get("facts", "round"));
  expect(raw).not.toContain("3-201");
  expect(await unseal(shelf, "round")).toEqual({ door: "3-201" });
});
