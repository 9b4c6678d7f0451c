/** Weak proofs and appeals, as the server sends them. */
import type { OrderRow } from "./types";

export interface AppealRow {
  id: string;
  claim: string;
  minutes: number | null;
  words: string;
  asked_by: string;
  asked_at: string;
  upheld: boolean | null;
  decided_by: string | null;
  may_decide: boolean;
}

export interface WeakProof {
  evidence_id: string;
  order: OrderRow;
  at: string;
  helper: string;
  origin: string;
  grade: string;
  flags: string[];
  borne_fen: number;
  claims: string[];
  appeal: AppealRow | null;
}

export interface ProofLine {
  at: string; received_at: string | null; origin: string; kind: string; grade: string;
  counts: boolean; trust: string; hash: string;
}
export interface PictureLine { id: string; kind: "photo" | "signature"; at: string; sha256: string; gone: boolean }
export interface ProofSheet {
  order_number: string; elder_label: string; on: string; station: string; service: string;
  window_from_at: string; window_until_at: string; proofs: ProofLine[]; pictures: PictureLine[];
}

export interface OwnProof {
  evidence_id: string;
  label: string;
  at: string;
  grade: string;
  flags: string[];
  claims: string[];
  answer: string | null;
}
