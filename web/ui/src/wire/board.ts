/** What the coordinator's and the office's pages receive. */
import type { Channel, OrderState, Serving } from "./types";

export interface Wave {
  id: string; street: string; serving: Serving; state: string; plan_version: number | null;
  asked: unknown; planning: { state: string; since: string; attempt: number } | null;
  trouble: { failed: boolean; code: string; at: string } | null;
  decided_by: string[]; fallback: boolean;
}
export interface BoardOrder {
  id: string; number: string; state: OrderState; reason: string | null; channel: Channel;
  serving: Serving | null; tier: number; elder_label: string; lat: number | null; lon: number | null;
  wave_id?: string | null; helper_id: string | null; partner_id?: string | null; stop_id: string | null; eta_at: string | null; until_at: string | null;
  late_seconds: number | null; outside_area: boolean; case_id: string | null;
}
export interface BoardHelper {
  id: string; label: string; kind: string; mode: string; lat: number | null; lon: number | null;
  at: string | null; on_duty: boolean; round_id: string | null; help_call_id: string | null; paper: boolean;
}
export interface BoardStop {
  id: string; seq: number; kind: string; lat: number; lon: number; at: string;
  until_at: string | null; state: string; order_ids: string[]; waits: boolean;
}
export interface BoardRound {
  id: string; helper_id: string; state: string; leaves_at: string; ends_at: string; path: [number, number][]; stops: BoardStop[];
}
export interface BoardCase {
  id: string; kind: string; order_id: string | null; elder_label: string; opened_at: string;
  rung: number | string; rung_name: string; owner: string | null; owner_id?: string | null; taken_at?: string | null;
  deadline_at: string | null; state: string; outcome?: string | null;
}
export interface Board {
  feed: { epoch: string; seq: number };
  now: string;
  waves: Wave[];
  counts: Record<OrderState, number>;
  total: number;
  orders: BoardOrder[];
  helpers: BoardHelper[];
  rounds: BoardRound[];
  cases: BoardCase[];
  last_event_at: string | null;
}
/** A line is its class (0 main, 1 middle, 2 small) and then its points [lat, lon]. */
export type RoadLine = [number, ...[number, number][]];
export interface Roads { attribution: string; lines: RoadLine[]; bounds?: [[number, number], [number, number]] | number[] }

export interface PlanVersion {
  version: number; published_at: string; decided_by: string[] | string;
  travel_seconds: number; left_out: number; fallback: boolean; shown?: boolean;
}
export interface Why { why: string; candidates: { helper_label: string; rule: string; by: string | number | null }[]; relaxation: unknown }

export interface Rung {
  rung: number | string; code?: string; name: string; who: string | null; phone_masked: string | null;
  deadline_at: string | null; done_at: string | null; outcome: string | null;
}
export interface CaseFile {
  case: BoardCase; outcomes: string[]; ladder: Rung[];
  story: { at: string; kind: string; words: string; actor: string | null }[];
}

export interface UsageRow {
  station_id: string; station: string; channel: Channel; category: string;
  orders: number; persons: number; person_days: number;
  price_fen: number; subsidy_fen: number; coupon_fen: number; self_fen: number; borne_fen: number;
  external_fen: number; other_fen: number;
}
export interface Usage {
  month: string; state: string; as_of: string; rules: string[]; rows: UsageRow[];
  totals: Partial<Omit<UsageRow, "station_id" | "station" | "channel" | "category">>;
  ties: { prices: number; persons: number; stations: number; report: number; ok: boolean };
}
export interface UsageLine {
  order_number: string; order_id: string; on: string; elder_label: string; subsidy: string; name: string;
  fen: number; category: string; person: string; window: string; rule_version: string; grade: string | null;
  evidence: string | null; entry_id: string;
}
export interface LineKey { on: string; entry_id: string; subsidy: string }
/** `many`: there are more than `total`; nobody counted on. */
export interface LinesPage { total: number; many: boolean; lines: UsageLine[]; next: LineKey | null }
export interface PromiseStatus { n: number; words: string; status: string; checked: number; broken: unknown[]; untold: number; waited_for: number }
