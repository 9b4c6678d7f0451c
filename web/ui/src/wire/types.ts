/** The shapes on the wire, as the server's contract states them.
 *  Times `_at` are ISO 8601 UTC, dates `on` are "2026-11-20", money is whole fen. */

export type Serving = "breakfast" | "lunch" | "dinner";
export type Channel = "delivery" | "pickup" | "proxy" | "dine_in" | "visit";
export type Role =
  | "district" | "street" | "station" | "kitchen" | "dispatcher" | "helper"
  | "auditor" | "evaluator" | "call_centre" | "system_admin" | "security_admin" | "audit_admin";
export type OrderState =
  | "held" | "blocked" | "waiting" | "unassigned" | "planned"
  | "under_way" | "done" | "failed" | "cancelled";
export type Grade = "A" | "B" | "C" | "D" | "E";
export type Identity = "card" | "qr" | "face" | "staff_visual";
export type PayMethod = "cash" | "card" | "stored";
export type Source = "phone" | "counter" | "family" | "sheet";

export interface Me {
  account: string;
  name: string;
  role: Role;
  csrf: string;
  station: { id: string; name: string } | null;
  street: { code: string; name: string } | null;
  kitchen: { id: string; name: string } | null;
  helper_id: string | null;
  home: string;
  stored_value: boolean;
  stage: string;
  now: string;
  speed: number;
}

export interface DemoAccount { login: string; password: string; role: Role; name: string; home: string }
export interface ClockReading { now: string; speed: number; stage: string }

export interface MenuItem {
  id: string; code: string; name: string; price_fen: number; diet_tags: string[];
  holds: string[]; texture_level: number;
}

export interface Sitting {
  serving: Serving;
  sitting_id: string;
  cut_off_at: string;
  ready_at: string;
  door_from_at: string;
  door_until_at: string;
  capacity: number;
  sold: number;
  closed: boolean;
  menu: MenuItem[];
}

export type ChannelTotals = Record<"delivery" | "pickup" | "proxy" | "dine_in" | "cancelled", number>;

export interface StationDay {
  station: { id: string; name: string; kitchen_id: string };
  on: string;
  servings: Sitting[];
  totals: Partial<Record<Serving, ChannelTotals>>;
  not_yet: string[];
  visits_due: { elder_id: string; last_seen_at: string | null; due_on: string }[];
}

export interface ElderRow {
  id: string;
  number: string;
  name: string;
  sex: string;
  age: number;
  categories: string[];
  living: string;
  diet_tags: string[];
  allergies: string[];
  card_tail: string | null;
  building: string | null;
  located: boolean;
  usual_channel: Channel | null;
  last_seen_at: string | null;
  last_seen_by: string | null;
  visit_due_on: string | null;
}

export interface MessageRow {
  id: string; elder_id: string; elder_name: string; relation: string | null; words: string;
  sent_at: string; read_at: string | null; answer: string | null;
}

/** A standing meal that did not become an order. */
export interface MissedMeal {
  elder_id: string; number: string; name: string; on: string; serving: Serving; channel: string; why: string; orderable: boolean;
}

export interface Contact { rank: number; relation: string; name: string; phone: string }

export interface Elder extends ElderRow {
  contacts: Contact[];
  address: string | null;
  floor: number | null;
  lift: boolean | null;
  notes: string | null;
  word?: string;
  subsidy_left: Record<string, unknown>;
  orders: OrderRow[];
}

export interface Page<Row> { total: number; elders: Row[] }

export interface OrderRow {
  id: string;
  number: string;
  elder_id: string;
  elder_name: string;
  service: string;
  channel: Channel;
  serve_on: string;
  serving: Serving | null;
  station_id: string;
  kitchen_id: string | null;
  state: OrderState;
  reason: string | null;
  code: string | null;
  dish: string | null;
  diet_tags: string[];
  price_fen: number;
  fee_fen: number;
  paid_fen: number;
  paid: boolean;
  grade: Grade | null;
  wave_id: string | null;
  plan_version: number | null;
  helper_name: string | null;
  eta_at: string | null;
  placed_at: string;
  warning: string | null;
}

export interface StoryEntry { at: string; kind: string; words: string; actor: string | null; grade: Grade | null }
export interface GrantRow {
  subsidy: string; name: string; fen: number; category: string;
  rule_version: string; window: string; because: string;
}
export interface PaymentRow { id?: string; payment_id?: string; method: PayMethod; fen: number; at?: string; refunded?: boolean }
export interface OrderStory extends OrderRow {
  story: StoryEntry[];
  explanation: unknown;
  grants: GrantRow[];
  payments: PaymentRow[];
}

export interface NewOrder {
  elder_id: string;
  service: string;
  channel: Channel;
  serve_on: string;
  serving: Serving | null;
  menu_item_id: string | null;
  source: Source;
  collected_by: string | null;
  window: { from_at: string; until_at: string } | null;
  note: string | null;
  override: { rule: string; reason: string } | null;
}

export interface GridCell { order_id: string; code: string; channel: Channel; state: OrderState; paid: boolean }
export interface GridRow {
  elder: ElderRow;
  swallowing_level: number;
  cells: Record<string, GridCell>;
  usual: Record<string, { code: string | null; channel: Channel }>;
  paused: string[];
  own_fen: Record<string, number>;
}
export interface DishOffer {
  id: string; code: string; name: string; diet_tags: string[]; price_fen: number;
  clashes: string[]; unsafe: boolean; subsidy_fen: number; self_fen: number;
}
export interface Offer {
  on: string; serving: Serving; sitting_id: string | null; channel: Channel; fee_fen: number;
  free_by: string | null; shut: string | null; dishes: DishOffer[];
}
export interface Grid { days: string[]; servings: Serving[]; rows: GridRow[]; total?: number }

export interface KitchenSheet {
  kitchen: { id: string; name: string } | string;
  serving: Serving;
  on: string;
  by_dish: { name: string; code: string; count: number; diets: Record<string, number> }[];
  by_channel: Record<string, number>;
  spare: number;
  /** Nothing is cooked before the cut-off. */
  cooked: number | null;
  labels: {
    order_number: string; elder_label: string; dish: string; diet_tags: string[];
    channel: Channel; round: string | null; stop: number | null; box?: string;
    diet_override: string | null; batch: string | null; seal: string | null; cooked_at: string | null; eat_by_at: string;
  }[];
  /** What came after the kitchen's count: one portion more or less each. */
  late: { at: string; code: string; delta: number; channel: Channel; reason: string; role: string }[];
}

export interface KitchenIdentity {
  cooked: number; on_rounds: number; pickup: number; proxy: number;
  /** Open: neither fetched nor carried yet. */
  dine_in: number; no_show: number; spare: number; open?: number; ties: boolean;
}
export interface TokenRow { number: number; code_sha256: string }
export interface Expected { order: OrderRow; elder: ElderRow; bill: Bill | null; token: TokenRow | null }
export interface EndRow { served: number; walk_ins: number; no_show: number; unsold: number; went_to: string; counted_at: string }
export interface Counter {
  sitting: Sitting | null;
  expected: Expected[];
  served: number;
  left: number;
  no_show: number;
  spare: number;
  cooked: number;
  identity: KitchenIdentity | null;
  end: EndRow | null;
  differences: number;
}
export interface Found { elder: ElderRow; order: OrderRow | null; bill: Bill | null; token: TokenRow | null }
export interface Bill {
  price_fen: number; fee_fen: number;
  lines: { subsidy: string; name: string; fen: number }[];
  subsidy_fen: number; coupon_fen: number; coupon_number: string; external_fen: number; external_number: string;
  self_fen: number; paid_fen: number; due_fen: number;
}
export interface Purse { balance_fen: number; most_fen: number }
