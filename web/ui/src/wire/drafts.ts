/** What a coordinator tries, as it travels. */

export type DirectionKind = "pin" | "keep_off" | "shift" | "max_work" | "weather" | "window" | "kitchen_late";
export interface Asked { kind: DirectionKind; order_id?: string; helper_id?: string; partner_id?: string; kitchen_id?: string; value?: number }
export interface PlanSum { version: number | null; travel_seconds: number; served: number; left_out: number; rounds: number }
export interface Difference {
  was: PlanSum;
  now: PlanSum;
  moved: { order_id: string; was: string[]; now: string[] }[];
  shifted: { order_id: string; was_at: string; now_at: string }[];
  placed: string[];
  left_out: { order_id: string; why: string }[];
  rounds: { helper_id: string; added: string[]; taken: string[]; was_ends_at: string | null; now_ends_at: string | null }[];
  weighed?: { gain_seconds?: number; price_seconds?: number; regret_seconds?: number };
}
export interface DraftShown {
  id: string; wave_id: string; state: string; asked: Asked[]; base_version: number;
  answer: Difference | null; error: string | null; published_version: number | null;
}
export interface HandedOver { to_round_id: string | null; handed: string[]; waiting: string[]; replaced: string[]; without_box: string[] }
export interface DirectionRow {
  kind: string; order_id: string | null; helper_id: string | null; partner_id: string | null; value: number | null; made_at: string; made_by: string;
}
export interface Directing { directions: DirectionRow[]; kitchens: { id: string; name: string; ready_at: string }[]; for_two: string[] }
