/** What the administrators read: accounts, and the audit. */
import type { Role } from "./types";

export interface AccountRow {
  id: string;
  login: string;
  name: string;
  role: Role;
  place: string;
  active: boolean;
  /** They have yet to choose a password of their own. */
  password_given: boolean;
  second_since: string | null;
  sessions: number;
  seen_at: string | null;
  changeable: boolean;
  renewable: boolean;
}
export interface AccountsPage { total: number; accounts: AccountRow[] }
export interface Reach { role: Role; code: string; name: string }
export interface GivenPassword { login: string; password: string }

export interface LookRow {
  number: string; at: string; by: string; role: string; action: string; about: string;
  fields: string[]; purpose: string;
}
/** `total` lines about `persons` elders, on all pages. */
export interface AuditPage { as_of: string; total: number; persons: number; rows: LookRow[] }
export interface WatcherRow { by: string; role: string; looks: number; persons: number; fields: string[] }
export interface StationChoice { id: string; code: string; name: string }
export interface ChainReport { as_of: string; links: number; waiting: number; head: string; broken: string[] }
