/** The district's rules as the server speaks of them. */
export interface RuleVersionRow {
  id: string; title: string; doc_no: string; from_on: string; until_on: string | null; state: string;
  subsidies: string[]; cases: number; made_by: string | null; approved_by: string | null; published_at: string | null;
}
export interface RuleDraftRow {
  id: string; version: string; title: string; from_on: string; until_on: string | null; state: string;
  note: string; why: string; own: boolean; made_by: string; made_at: string; decided_by: string | null; decided_at: string | null;
}
export interface RulesPage { versions: RuleVersionRow[]; drafts: RuleDraftRow[]; months: string[]; closed: string[] }
export interface FieldChange { path: string; old: string; new: string }
export interface RuleChange { part: string; id: string; name: string; what: string; fields: FieldChange[] }
export interface GoldenRow { id: string; why: string }
export interface RuleDraftPage { draft: RuleDraftRow; beside: string; cases: GoldenRow[]; changes: RuleChange[]; diff: string[] }
export interface Fault { place: string; problem: string; remedy: string }
export interface CheckedWords { faults: Fault[]; refused: string; version: string; title: string; cases: number }
export interface ChangeReason { subsidy: string; what: string; because: string; persons: number; orders: number; fen: number }
export interface PersonChange {
  elder_id: string; label: string; number: string; orders: number; old_fen: number; new_fen: number; reasons: string[];
}
export interface StationChange { station_id: string; name: string; persons: number; old_fen: number; new_fen: number }
/** A trial is worked at beside the page: elders looked at, of how many. */
export interface RuleTrial {
  id: string; state: "queued" | "running" | "done" | "failed"; looked_at: number; to_look_at: number;
  answer: RuleComparison | null; error: string | null;
}
export interface RuleComparison {
  periods: string[]; orders: number; persons: number; granted_fen: number; old_fen: number; new_fen: number;
  gain_fen: number; lose_fen: number; gaining: number; losing: number;
  reasons: ChangeReason[]; people: PersonChange[]; stations: StationChange[];
}
