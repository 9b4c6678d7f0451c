/** The shapes of an elder's file. */
import type { ElderRow } from "./types";

export interface FileContact {
  id: string;
  rank: number;
  relation: string;
  name: string;
  phone: string;
  may_collect: boolean;
  holds_key: boolean;
  guardian: boolean;
  from_hour: number;
  until_hour: number;
}

export interface FileDoor {
  community: string;
  estate: string;
  building: string;
  floor: number;
  lift: boolean;
  grid_code: string | null;
  lat: number | null;
  lon: number | null;
  datum: string;
  located_by: string | null;
  has_note: boolean;
  shared_with: string[];
}

export interface FileFact {
  kind: string;
  value: Record<string, unknown> | null;
  /** false: nobody has said anything of it yet. */
  told: boolean;
  source: string;
  from_on: string | null;
  until_on: string | null;
  about: Record<string, unknown>;
}

export interface Category { code: string; why: string; source: string; since_on: string | null; until_on: string | null }
export interface Answerer { rank: number; name: string; from_on: string }
export interface Change { at: string; actor: string; kind: string; about: Record<string, unknown> }
export interface Named { id: string; name: string; kind: string; me: boolean }
export interface People { accounts: Named[]; helpers: Named[] }

export interface Suggested { label: string; lat: number; lon: number; datum: string }

export interface KeptConsent { id: string; purpose: string; said: string; voice: string; version: string; at: string; proof: string }
export interface KeptAgreement { id: string; from_on: string; until_on: string | null; proof: string }
export interface KeptPause { id: string; scope: string; reason: string; from_on: string; until_on: string | null; resumed_on: string | null; words: string }
export interface KeptKey { id: string; label: string; state: string; seal: string | null }
export interface KeptLife { id: string; kind: string; happened_on: string; ended_on: string | null; undone_at: string | null; source: string; words: string; did: Record<string, string[] | string> }
export interface KeptProposal { id: string; kind: string; source: string; happened_on: string; due_on: string | null; facts: Record<string, unknown> }

export interface ElderFile {
  row: ElderRow;
  identity_kind: string;
  id_number: string;
  phone: string;
  born_on: string;
  died_on: string | null;
  left_on: string | null;
  language: string;
  fall_risk: boolean;
  infectious: boolean;
  swallowing_level: number;
  visit_every_days: number | null;
  station: string;
  door: FileDoor;
  contacts: FileContact[];
  facts: FileFact[];
  categories: Category[];
  consents: KeptConsent[];
  agreements: KeptAgreement[];
  responsible: Answerer[];
  pauses: KeptPause[];
  keys: KeptKey[];
  life: KeptLife[];
  proposals: KeptProposal[];
  changes: Change[];
}
