import { expect, test } from "vitest";
import type { KeptEvent } from "../shelf/shelf";
import type { TillDeed } from "../wire/till";
import type { Counter } from "../wire/types";
import { fold, takenFor, walkedIn } from "./fold";

const counter = {
  sitting: { sitting_id: "lunch" }, served: 1, left: 2, spare: 5, identity: {},
  expected: [{ order: { id: "a", state: "waiting" }, bill: { due_fen: 1000, paid_fen: 0 } }, { order: { id: "b", state: "waiting" }, bill: null }],
} as unknown as Counter;
const deed = (event: Partial<TillDeed>, state: KeptEvent["state"] = "kept") => ({ state, event }) as unknown as KeptEvent<TillDeed>;

test("what is written down here and not sent yet counts as served and paid", () => {
  const seen = fold(counter, [
    deed({ kind: "serve", order_id: "a", fen: 1000 }), deed({ kind: "walk_in", elder_id: "w", sitting_id: "lunch", fen: null }),
  ]);
  expect([seen.served, seen.left, seen.spare, seen.identity]).toEqual([3, 1, 4, null]);
  expect(seen.expected[0]?.order.state).toBe("done");
  expect(seen.expected[0]?.bill?.due_fen).toBe(0);
});

test("what the server has answered is the server's to show", () => {
  expect(fold(counter, [deed({ kind: "serve", order_id: "a", fen: 1000 }, "sent")])).toBe(counter);
});

test("a second walk-in of the same person is seen before anybody is told", () => {
  const kept = [deed({ kind: "walk_in", elder_id: "w", sitting_id: "lunch", fen: null })];
  expect(walkedIn(kept, "w", "lunch")).not.toBeNull();
  expect(walkedIn(kept, "w", "dinner")).toBeNull();
});

test("a payment of nothing may be given back while it stands, and what was given back never twice", () => {
  const taken = (fen: number, paid: boolean) => takenFor({ paid, payments: [{ payment_id: "p", method: "cash", fen }] }).length;
  expect([taken(800, false), taken(0, true), taken(0, false), taken(-800, true)]).toEqual([1, 1, 0, 0]);
});
