/** Months, their signatures and corrections, as the server sends them. */
export interface MonthRow { month: string; state: string; head: string | null }
export interface MonthStep {
  step: string; who: string; words: string; entries: number; persons: number; subsidy_fen: number;
  until_on: string | null; signed_at: string; counts: boolean;
}
export interface MonthStation {
  station_id: string; station: string; street: string; entries: number; persons: number; subsidy_fen: number;
  confirmed: boolean; reviewed: boolean; signed_entries: number | null; signed_fen: number | null; told_later: number;
}
export interface Blocker { kind: string; words: string; count: number; names: string[] }
export interface MonthSheet {
  month: string; state: string; head: { hash: string; lines: number } | null;
  stations: MonthStation[]; steps: MonthStep[]; blockers: Blocker[]; next: string | null;
}
export interface PublicRow { label: string; station: string; days: number; fen: number }
export interface PublicNotice { month: string; until_on: string; persons: number; living: number; fen: number; rows: PublicRow[] }
export interface ProofSeen { grade: string | null; origin: string; at: string | null; paper: string }
export interface CorrectionRow {
  id: string; state: string; kind: string; adjusts_period: string; order_number: string; on: string;
  elder_label: string; station: string; subsidy: string; fen: number; why: string; bereaved: boolean;
  before: ProofSeen; after: ProofSeen; proposed_by: string; proposed_at: string; mine: boolean; decision: string;
}
