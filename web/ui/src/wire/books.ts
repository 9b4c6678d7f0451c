/** The books of a month and the budgets of a year, as the server sends them. */
export interface OwedRow {
  station_id: string;
  station: string;
  payer: string;
  payer_name: string;
  kind: string;
  fen: number;
  paid_fen: number;
  left_fen: number;
}

export interface TransferRow {
  station: string;
  payer_name: string;
  kind: string;
  fen: number;
  paid_on: string;
  voucher: string;
  by: string;
}

export interface FiveWays {
  station_id: string;
  station: string;
  price_fen: number;
  person_fen: number;
  enterprise_fen: number;
  government_fen: number;
  collective_fen: number;
  society_fen: number;
}

export interface TallyRow {
  station_id: string;
  station: string;
  rule_version: string;
  rural: boolean;
  star: number;
  signed_persons: number;
  visits_due: number;
  visits_done: number;
  haircuts_due: number;
  haircuts_done: number;
  persons_days: Record<string, number>;
  earned: Record<string, number>;
  refused: Record<string, string>;
  counted_at: string;
}

export interface AllowanceStopRow {
  id: string;
  elder_id: string;
  elder_label: string;
  station: string;
  why: string;
  event_on: string;
  stops_on: string;
  days_late: number;
  verify_until_on: string | null;
  verified_at: string | null;
  verified_by: string | null;
}

export interface BookSheet {
  month: string;
  state: string;
  unredeemed: number;
  owed: OwedRow[];
  transfers: TransferRow[];
  ways: FiveWays[];
  tallies: TallyRow[];
  stops: AllowanceStopRow[];
}

export interface BudgetRow {
  payer: string;
  payer_name: string;
  source: string;
  fen: number;
  granted_fen: number;
  paid_fen: number;
  left_fen: number;
}

export interface BudgetDecision {
  payer: string;
  fen: number;
  doc_no: string;
  made_at: string;
}

export interface BudgetSheet {
  year: number;
  budgets: BudgetRow[];
  decisions: BudgetDecision[];
}
