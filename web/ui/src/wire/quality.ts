/** Anomalies, call-backs, complaints, random audits and indicators, as the server sends them. */
export interface Side {
  order_id: string;
  number: string;
  elder_name: string;
  station: string;
  service: string;
  channel: string;
  serve_on: string;
  at: string | null;
  grade: string | null;
  origin: string | null;
  basis: Record<string, unknown>;
  helper: string;
  pictures: number;
}

export interface AnomalyRow {
  id: string;
  rule: string;
  reason: string;
  level: string;
  state: string;
  holds: boolean;
  held_fen: number;
  service_on: string;
  station: string;
  elder_name: string | null;
  helper: string;
  measured: Record<string, unknown>;
  a: Side | null;
  b: Side | null;
  found_at: string;
  reply_until_at: string;
  replied: string | null;
  verdict: string | null;
  concluded_by: string | null;
  appeal: string | null;
  final: string | null;
  decided_by: string | null;
  may_reply: boolean;
  may_conclude: boolean;
  may_clear: boolean;
  may_confirm: boolean;
  may_appeal: boolean;
  may_decide: boolean;
}

/** A page of each list; `total` is how long the whole is. */
export interface AnomalyPage { total: number; anomalies: AnomalyRow[] }
export interface CallPage { total: number; calls: CallRow[] }
export interface ComplaintPage { total: number; complaints: ComplaintRow[] }

export interface CallRow {
  id: string;
  order_id: string;
  elder_id: string;
  number: string;
  elder_name: string;
  station: string;
  service: string;
  channel: string;
  service_on: string;
  helper: string;
  why: string;
  until_on: string;
  tries: number;
  answer: string | null;
  content: number | null;
  words: string | null;
}

export interface ComplaintRow {
  id: string;
  source: string;
  ticket_no: string;
  got_on: string;
  due_on: string;
  late: boolean;
  state: string;
  outcome: string | null;
  station: string | null;
  elder_name: string | null;
  order_number: string | null;
  words: string;
  answer: string | null;
  draft: string | null;
  answered_by: string | null;
  answered_at: string | null;
  may_close: boolean;
}

export interface DrawRow {
  id: string;
  title: string;
  kind: string;
  month: string | null;
  size: number;
  frame_count: number;
  frame_sha256: string;
  fixed_at: string;
  fixed_by: string;
  seed: string | null;
  sample: string[][];
  drawn_at: string | null;
  drawn_by: string;
}

/** What anybody needs to draw again, and whether that gives the same. */
export interface DrawCheck {
  frame: string[];
  inspectors: string[];
  right: boolean;
}

export interface Indicators {
  id: string;
  name: string;
  operator: string | null;
  done: number;
  timed: number;
  on_time: number;
  seen: number;
  failed: number;
  asked: number;
  agreed: number;
  content: number | null;
  complaints: number;
  upheld: number;
  open: number;
  confirmed: number;
  cleared: number;
}
