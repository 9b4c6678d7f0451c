/**
 * The hold rule before a bath: outside these the bath waits for a supervisor's word; with one of the
 * signs below there is no bath today, and a wipe-down is offered. The server judges by the same rule.
 */
export interface Vitals { temperature: number; systolic: number; diastolic: number; pulse: number }
export type Vital = keyof Vitals;

/** From the lowest to the highest that may bathe. */
export const MAY_BATHE: Record<Vital, readonly [number, number]> = {
  temperature: [35.5, 37.2], systolic: [90, 159], diastolic: [60, 99], pulse: [50, 100],
};
/** What no body has: a slip of the finger, not a reason to hold. */
export const POSSIBLE: Record<Vital, readonly [number, number]> = {
  temperature: [30, 44], systolic: [40, 280], diastolic: [20, 180], pulse: [20, 250],
};
export const VITALS = Object.keys(MAY_BATHE) as Vital[];
/** Each alone is reason enough. */
export const SIGNS = ["wound", "infectious", "ate", "ill", "recent"] as const;
export type Sign = (typeof SIGNS)[number];

const within = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;

export const isPossible = (vital: Vital, value: number) => within(value, POSSIBLE[vital]);

export function judge(vitals: Vitals, signs: readonly Sign[]): { is: "ok" | "hold" | "no"; because: (Vital | Sign)[] } {
  if (signs.length) return { is: "no", because: [...signs] };
  const outside = VITALS.filter((one) => !within(vitals[one], MAY_BATHE[one]));
  return { is: outside.length ? "hold" : "ok", because: outside };
}
