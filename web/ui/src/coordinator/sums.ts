/** What the board adds up to, and what needs a person now. */
import type { Board, BoardCase, BoardOrder } from "../wire/board";
import type { OrderState } from "../wire/types";

export const STATES: OrderState[] = [
  "held", "blocked", "waiting", "unassigned", "planned", "under_way", "done", "failed", "cancelled",
];

export function sumOf(counts: Board["counts"]): number {
  return STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

export interface Alarms {
  cases: BoardCase[];
  late: BoardOrder[];
  notPlanned: BoardOrder[];
  blocked: BoardOrder[];
}

/** Open cases by their deadline, late ones by how late, then what is on nobody's round. */
export function alarmsOf(board: Board): Alarms {
  const due = (one: BoardCase) => (one.deadline_at ? Date.parse(one.deadline_at) : Infinity);
  const moving = (one: BoardOrder) => one.state === "planned" || one.state === "under_way";
  return {
    cases: board.cases.filter((one) => one.state !== "closed").sort((a, b) => due(a) - due(b)),
    late: board.orders
      .filter((one) => moving(one) && (one.late_seconds ?? 0) > 0)
      .sort((a, b) => (b.late_seconds ?? 0) - (a.late_seconds ?? 0)),
    notPlanned: board.orders.filter((one) => one.state === "unassigned"),
    blocked: board.orders.filter((one) => one.state === "blocked"),
  };
}

export function quiet(alarms: Alarms): boolean {
  return !alarms.cases.length && !alarms.late.length && !alarms.notPlanned.length && !alarms.blocked.length;
}

/** Matches number and label; a digit string also matches the end of a number. */
export function matches(order: Pick<BoardOrder, "number" | "elder_label">, asked: string): boolean {
  const text = asked.trim().toLowerCase();
  return !text || order.number.toLowerCase().includes(text) || order.elder_label.toLowerCase().includes(text);
}
