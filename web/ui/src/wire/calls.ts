/** Whoever rings, as the call centre sees them. */
import type { Channel, Serving } from "./types";

export interface CallerOrder { number: string; on: string; serving: Serving; channel: Channel; state: string }
export interface CallerRow {
  elder_id: string; number: string; label: string;
  /** Of the contact whose number it is; empty for their own. */
  relation: string;
  station: string; station_phone: string; usual_channel: string | null;
  diet_tags: string[]; allergies: string[]; orders: CallerOrder[];
}
/** `help_only`: too many numbers were asked for; these can be called help for, and no more. */
export interface CallersFound { callers: CallerRow[]; left: number; shared: boolean; help_only: boolean }
