/** The counter as this page knows it: the server's list, with what was written down here laid over it. */
import type { KeptEvent } from "../shelf/shelf";
import type { TillDeed } from "../wire/till";
import type { Bill, Counter, Expected, OrderStory } from "../wire/types";
import type { Paid } from "./till.svelte";

export function fold(counter: Counter, kept: KeptEvent<TillDeed>[]): Counter {
  const waiting = kept.filter((one) => one.state === "kept").map((one) => one.event);
  if (!waiting.length) return counter;
  const seen = { ...counter };
  seen.expected = counter.expected.map((one) => waiting.reduce(apply, one));
  const served = seen.expected.filter((one, n) => one.order.state !== counter.expected[n]?.order.state).length;
  const walkIns = waiting.filter((one) => one.kind === "walk_in" && one.sitting_id === counter.sitting?.sitting_id).length;
  seen.served += served + walkIns;
  seen.left -= served;
  seen.spare -= walkIns;
  // What the kitchen counts is not known here until these deeds are.
  seen.identity = null;
  return seen;
}

function apply(one: Expected, deed: TillDeed): Expected {
  if (deed.order_id !== one.order.id) return one;
  const paid = { ...one, bill: one.bill && paidOff(one.bill, deed.fen) };
  if (deed.kind === "pay") return paid;
  return { ...paid, order: { ...one.order, state: "done" } };
}

export function paidOff(bill: Bill, fen: number | null): Bill {
  if (fen === null) return bill;
  return { ...bill, paid_fen: bill.paid_fen + fen, due_fen: Math.max(0, bill.due_fen - fen) };
}

/** What was taken for an order and may be given back; a payment of nothing, too, while it stands. */
export function takenFor(story: Pick<OrderStory, "paid" | "payments">): Paid[] {
  return story.payments.flatMap(({ payment_id, method, fen, refunded }) =>
    payment_id && (fen > 0 || (fen === 0 && story.paid)) ? [{ id: payment_id, method, fen, refunded: refunded ?? false }] : []);
}

/** Whoever walked in here, and of whom the server has not heard yet. */
export function walkedIn(kept: KeptEvent<TillDeed>[], elder: string, sitting: string | undefined): TillDeed | null {
  const theirs = kept.filter((one) => one.state === "kept" && one.event.kind === "walk_in");
  return theirs.map((one) => one.event).find((one) => one.elder_id === elder && one.sitting_id === sitting) ?? null;
}
