/** The counter's shapes on the wire, beside those of `types`. */
import type { Envelope } from "../shelf/shelf";
import type { ElderRow, Identity, OrderRow, PayMethod } from "./types";

export interface ProxyName { id: string; name: string; relation: string }
export interface WalkInDish { menu_item_id: string; due_fen: number; clashes: string[]; safe: boolean }
export interface TillPerson {
  elder: ElderRow; spelling: string; initials: string; card_hash: string | null;
  proxies: ProxyName[]; dishes: WalkInDish[];
}
export interface TillPeople { made_at: string; salt: string; people: TillPerson[] }

export type CollectorKind = "self" | "registered_proxy" | "other";

/** A deed as this page writes it down; the server makes it an order's fate. */
export interface TillDeed extends Envelope {
  kind: "serve" | "walk_in" | "pay";
  order_id: string | null;
  elder_id: string | null;
  sitting_id: string | null;
  menu_item_id: string | null;
  identity: Identity;
  collector: CollectorKind;
  proxy_id: string | null;
  method: PayMethod | null;
  fen: number | null;
}

export interface DeedAnswer {
  id: string; result: string; code: string | null; detail: string;
  order: OrderRow | null; payment_id: string | null;
}
export interface DeedAnswers { server_now: string; results: DeedAnswer[] }

export interface DifferenceRow {
  id: string; kind: string; why: string; applied: boolean; elder_name: string;
  order_id: string | null; order_number: string | null; method: string | null; fen: number | null;
  booked: boolean; happened_at: string; received_at: string; resolved_at: string | null; resolution: string;
}

export interface DifferenceLine { fen: number; who: string; why: string; deed_id: string | null }
export interface CashSheet {
  station_id: string; on: string; state: string; float_fen: number; booked_fen: number; expected_fen: number;
  counted_fen: number | null; off_fen: number | null; card_fen: number; stored_fen: number;
  unbooked: DifferenceLine[]; differences: DifferenceLine[];
  counted_by: string | null; counted_at: string | null; seconded_by: string | null; seconded_at: string | null;
  own_count: boolean;
}
