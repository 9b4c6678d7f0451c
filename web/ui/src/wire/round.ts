/** What a helper's phone receives and sends. */
import type { Grade } from "./types";

export interface StopPerson {
  order_id: string;
  elder_id?: string;
  label: string;
  box: string | number | null;
  /** What the code on the box's label says. */
  code?: string;
  dish: string | null;
  diet_tags: string[];
  seal?: string | null;
  boxes_back?: number;
  service: string;
  minutes: number | null;
  contactless_agreed: boolean;
  photo_consent: boolean;
  state: string;
  /** Several doors of one building may be one stop. */
  door?: string | null;
  /** The word of the day, said at the door; and what the family wants to be known. */
  word?: string | null;
  said?: string | null;
  floor?: number | null;
  lift?: boolean | null;
  /** Somebody else has served them. */
  by_other?: boolean | string | null;
  /** 2: somebody comes to the same door at the same time. */
  people?: number;
  partner?: Partner | null;
  /** The door stayed closed: who has taken it on, and whether one may go. */
  wait?: Wait | null;
}

export interface Wait { open: boolean; taken_by: string | null; may_go: boolean }

export interface Partner { label: string; state: "open" | "arrived" | "done"; at: string; arrived_at: string | null }

export interface RoundStop {
  id: string;
  seq: number;
  kind: "pickup" | "door" | "visit" | "escort";
  lat: number;
  lon: number;
  /** The same place as Chinese maps want it: [lat, lon]. */
  maps?: { gcj02: [number, number]; bd09: [number, number] } | null;
  building: string;
  door: string | null;
  floor: number | null;
  lift: boolean | null;
  note: string | null;
  at: string;
  from_at: string | null;
  until_at: string | null;
  eat_by_at: string | null;
  state: "open" | "arrived" | "done" | "no_answer";
  persons: StopPerson[];
}

export interface LoadBox { order_id: string; box: string | number; label: string; dish: string | null; diet_tags: string[] }
export interface Load { kitchen: string; ready_at: string | null; boxes: LoadBox[] }

export interface HelperRound {
  id: string;
  wave: string;
  plan_version: number;
  state: "ready" | "loaded" | "under_way" | "ended";
  leaves_at: string;
  ends_at: string;
  boxes: number;
  load: Load[];
  stops: RoundStop[];
  path: [number, number][];
}

export interface HelperDay {
  /** `may_hide`: a volunteer, who chooses whether the live map has them. */
  helper: { id: string; name: string; mode: string; shows_position?: boolean; may_hide?: boolean };
  rounds: HelperRound[];
  today: { done: number; left: number };
  /** Missing in a day that an older page has kept. */
  heat?: Heat | null;
}

export interface Heat { level: string; most_seconds: number | null; rest_from: number | null; rest_until: number | null }

export type FieldKind =
  | "loaded" | "departed" | "picked_up" | "arrived" | "handed_over" | "left_by_agreement"
  | "contactless" | "refused" | "cannot" | "no_answer" | "visit_begun" | "visit_ended" | "ended";

export interface Fix { lat: number; lon: number; accuracy_m: number; datum: string }

export interface FieldEvent {
  id: string;
  boot_id: string;
  seq: number;
  wall_ms: number;
  mono_ms: number;
  prev_hash: string;
  round_id: string | null;
  stop_id: string | null;
  order_id: string | null;
  kind: FieldKind;
  plan_version_seen: number | null;
  pos: Fix | null;
  photo_sha256: string[];
  detail: Record<string, unknown>;
}

export interface SyncAnswer {
  server_now: string;
  offset_ms: number;
  results: {
    id: string; result: "accepted" | "duplicate" | "quarantined";
    reason: string | null; trust: string | null; grade: Grade | null;
  }[];
}
