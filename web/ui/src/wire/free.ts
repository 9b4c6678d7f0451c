/** The shapes of free delivery. */
import type { ElderRow } from "./types";

export interface AttestationRow {
  id: string; attestor: string; by: string; reason: string; from_on: string; until_on: string; written_by: string;
}
export interface RuleRow {
  id: string; rank: number; title: string; basis: string; categories: string[]; needs_attestation: boolean;
  bearer: string; from_on: string; until_on: string | null; fits: boolean;
}
export interface DeliveryRules { rules: RuleRow[]; categories: string[] }
export interface FreeFile {
  rule: RuleRow | null; until_on: string | null; rules: RuleRow[]; attestations: AttestationRow[]; orders: number; fen: number;
}
export interface FreeRow { elder: ElderRow; standing: string; rule: string | null; bearer: string | null; attestation: AttestationRow | null }
export interface Borne { bearer: string; orders: number; fen: number }
export interface FreeList { on: string; rules: RuleRow[]; elders: FreeRow[]; borne: Borne[] }
