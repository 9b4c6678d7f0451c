/** The phone's two clocks: the wall's, which people can set, and one that only goes on.
 *
 * In a demo whose day runs faster than the wall, the district's clock stands for both; else every
 * event would look as if the phone's clock had been moved. */
import { clock } from "./clock.svelte";

let highest = 0;
let begun: number | null = null;

export function wallMs(): number {
  return clock.speed === 1 ? Date.now() : Math.round(clock.now);
}

export function monoMs(): number {
  if (clock.speed === 1) return Math.round(performance.now());
  begun ??= clock.now;
  highest = Math.max(highest, Math.round(clock.now - begun));
  return highest;
}
