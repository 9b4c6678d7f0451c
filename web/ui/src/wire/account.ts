/** One's own account, as the server speaks of it. */
import type { Role } from "./types";

export interface SessionRow {
  /** Names it to its holder; opens nothing. */
  id: string;
  device: string;
  opened_at: string;
  seen_at: string;
  here: boolean;
}

export interface OwnAccount {
  login: string;
  name: string;
  role: Role;
  /** What has to be done before anything else is open, as a refusal's code. */
  first: string;
  second_needed: boolean;
  second_since: string | null;
  recovery_codes: number;
  sessions: SessionRow[];
}

export interface NewFactor {
  key: string;
  address: string;
  svg: string;
}
