/** The shapes of standing plans; weekday 0 is Monday. */
import type { Channel, Serving } from "./types";

export interface PlanRow {
  id: string; weekday: number; serving: Serving; dish: string | null; channel: Channel;
  from_on: string; until_on: string | null;
}
/** `was` and `becomes`: the key of the meal (• whatever suits) and the channel. */
export interface DayChange {
  on: string; serving: Serving; was: string | null; becomes: string | null; order_id: string | null;
  stays: string | null; meal: string | null; unmade: string | null;
}
export interface PlanChange { ends: PlanRow[]; gives_way: PlanRow[]; days: DayChange[]; seen: string }
