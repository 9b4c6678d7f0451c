/**
 * The district's time outlives the page: a phone that opens again in a dead zone counts on from what
 * it last knew, not from a wall clock that may be hours off and would call a fresh box spoilt.
 */
import { fact, type Shelf } from "../shelf/shelf";
import { clock } from "../time/clock.svelte";

interface Known { ahead_ms: number; speed: number; stage: string }

/** Kept with each deed: a wall clock that is put back meanwhile is noticed while the page still runs. */
export async function keepClock(shelf: Shelf): Promise<void> {
  clock.tick();
  await shelf.put("facts", { ahead_ms: clock.now - Date.now(), speed: clock.speed, stage: clock.stage } satisfies Known, "clock");
}

/** Only until the server says the time. */
export async function windClock(shelf: Shelf): Promise<void> {
  const known = await fact<Known>(shelf, "clock");
  if (known && !clock.stage) clock.set({ now: new Date(Date.now() + known.ahead_ms).toISOString(), speed: known.speed, stage: known.stage });
}
