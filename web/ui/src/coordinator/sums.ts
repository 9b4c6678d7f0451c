/** What the board adds up to, and what needs a person now. */
import type { Board, BoardCase, BoardOrder, BoardRound } from "../wire/board";
import type { OrderState } from "../wire/types";

export const STATES: OrderState[] = [
  "held", "blocked", "waiting", "unassigned", "planned", "under_way", "done", "failed", "cancelled",
];

export function sumOf(counts: Board["counts"]): number {
  return STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

/** So long after it should have left a round without a word is told of. */
const LEAVES_WITHIN_MS = 10 * 60_000;

export interface Alarms {
  unheard: BoardRound[];
  cases: BoardCase[];
  late: BoardOrder[];
  notPlanned: BoardOrder[];
  blocked: BoardOrder[];
}

/** Whose helper should be on the way, and neither phone nor paper has said so. */
function isUnheard(one: BoardRound, now: number): boolean {
  const left = one.state !== "ready" || one.stops.some((stop) => stop.state !== "open");
  return !left && Date.parse(one.leaves_at) + LEAVES_WITHIN_MS < now && one.stops.some((stop) => stop.waits);
}

/** Open cases by their deadline, late ones by how late, then what is on nobody's round. */
export function alarmsOf(board: Board, now: number): Alarms {
  const due = (one: BoardCase) => (one.deadline_at ? Date.parse(one.deadline_at) : Infinity);
  const moving = (one: BoardOrder) => one.state === "planned" || one.state === "under_way";
  return {
    unheard: board.rounds.filter((one) => isUnheard(one, now)),
    cases: board.cases.filter((one) => one.state !== "closed").sort((a, b) => due(a) - due(b)),
    late: board.orders
      .filter((one) => moving(one) && (one.late_seconds ?? 0) > 0)
      .sort((a, b) => (b.late_seconds ?? 0) - (a.late_seconds ?? 0)),
    notPlanned: board.orders.filter((one) => one.state === "unassigned"),
    blocked: board.orders.filter((one) => one.state === "blocked"),
  };
}

export function quiet(alarms: Alarms): boolean {
  return !alarms.unheard.length && !alarms.cases.length && !alarms.late.length && !alarms.notPlanned.length && !alarms.blocked.length;
}

/** Matches number and label; a digit string also matches the end of a number. */
export function matches(order: Pick<BoardOrder, "number" | "elder_label">, asked: string): boolean {
  const text = asked.trim().toLowerCase();
  return !text || order.number.toLowerCase().includes(text) || order.elder_label.toLowerCase().includes(text);
}
