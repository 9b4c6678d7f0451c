/** What duty, notices and the register of cases look like on the wire. */
import type { BoardCase } from "./board";

export interface Turn {
  id: string; account_id: string; name: string; rank: number; starts_at: string; ends_at: string;
  station: boolean; now: boolean; mine: boolean; changeable: boolean;
}
export interface Handover {
  id: string; from_name: string; to_name: string; words: string; cases: number;
  offered_at: string; accepted_at: string | null; for_me: boolean;
}
export interface Roster { turns: Turn[]; handovers: Handover[]; people: { id: string; name: string; me: boolean }[]; my_cases: number }
export interface Notice {
  id: string; case_id: string | null; way: string; to: string; words: string; state: string;
  made_at: string; sent_at: string | null; read_at: string | null; mine: boolean;
}
export interface Inbox { unread: number; mine: Notice[]; outgoing: Notice[] }
export interface Load { account_id: string; name: string; alarms: number; red: number; silent: number; worst_ten_minutes: number }
export interface CaseBook {
  month: string; carried: number; opened: number; closed: number; still_open: number;
  taken_in_time: number; asked: number; false_alarms: number; cases: BoardCase[]; loads: Load[];
}
export interface Question { id: string; words: string; asked_at: string; until_at: string }
export interface Said { said: string; asked: string; replied: string; reply_until_at: string | null; replied_at: string | null }
export interface Found { found: string }
export interface Entry {
  id: string; way: string; why: string; asked_by: string; asked_at: string; mine: boolean;
  agreed_by: string | null; entered_at: string | null; inside: string;
}
