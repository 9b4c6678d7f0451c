/** The phone's two clocks: the wall's, which people can set, and one that only goes on. */
import { clock } from "./clock.svelte";

/** A demo's day has its own date and pace; there the district's clock hangs on the wall. */
export function wallMs(): number {
  return clock.stage === "demo" ? Math.round(clock.now) : Date.now();
}

export function monoMs(): number {
  return Math.round(performance.now());
}
