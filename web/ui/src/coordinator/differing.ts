/** What a difference between two plans comes to, by number and by name. */
import type { Difference, PlanSum } from "../wire/drafts";

export type Turn = "better" | "worse" | "same";
export interface SumLine { name: "served" | "left_out" | "travel" | "rounds"; was: number; now: number; turn: Turn }

const minutes = (seconds: number) => Math.round(seconds / 60);

/** More served is better, everything else is better when it is less; rounds are neither. */
export function sums(was: PlanSum, now: PlanSum): SumLine[] {
  const turn = (by: number): Turn => (by === 0 ? "same" : by > 0 ? "better" : "worse");
  const [wasMinutes, nowMinutes] = [minutes(was.travel_seconds), minutes(now.travel_seconds)];
  return [
    { name: "served", was: was.served, now: now.served, turn: turn(now.served - was.served) },
    { name: "left_out", was: was.left_out, now: now.left_out, turn: turn(was.left_out - now.left_out) },
    { name: "travel", was: wasMinutes, now: nowMinutes, turn: turn(wasMinutes - nowMinutes) },
    { name: "rounds", was: was.rounds, now: now.rounds, turn: "same" },
  ];
}

export function isSame(one: Difference): boolean {
  return !one.moved.length && !one.shifted.length && !one.placed.length && !one.left_out.length && !one.rounds.length;
}
