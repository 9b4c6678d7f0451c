/** Sheets on the wire: runs of imports, forms out, what registries propose. */
export type Act = "create" | "update" | "same" | "fault";

export interface KindRow { kind: string; title: string }

export interface RunRow {
  id: string;
  kind: string;
  title: string;
  state: "tried" | "confirmed" | "dropped";
  file_name: string;
  sheet_name: string;
  source: string;
  row_count: number;
  creates: number;
  updates: number;
  sames: number;
  faulty: number;
  made_at: string;
  made_by: string;
  confirmed_at: string | null;
  confirmed_by: string | null;
  again_of: string | null;
  file_kept: boolean;
}

export interface ColumnRow { field: string; title: string; required: boolean; column: number | null; header: string | null }
export interface FaultRow { cell: string; title: string; fault: string; words: string }
export interface LineRow { row: number; name: string; place: string; act: Act; changes: string[]; notes: string[]; faults: FaultRow[] }

export interface RunPage {
  run: RunRow;
  titles: string[];
  columns: ColumnRow[];
  total: number;
  lines: LineRow[];
  gone: number;
}

export interface FieldRow { field: string; title: string; sealed: boolean; words: string[] }
export interface FormRow { form: string; title: string; fields: FieldRow[]; may_open: boolean }
export interface ProfileRow { id: string; name: string; form: string; columns: ProfileColumn[] }
export interface ProfileColumn { header: string; field: string; codes: Record<string, string> }

export interface ProposalGroup { kind: string; source: string; count: number }

export interface ProposalRow {
  id: string;
  kind: string;
  source: string;
  elder_number: string;
  name: string;
  happened_on: string;
  due_on: string | null;
  fact: string | null;
  value: string;
}

export interface ProposalPage { total: number; groups: ProposalGroup[]; rows: ProposalRow[] }

export interface WebhookRow {
  id: string;
  name: string;
  url: string;
  kinds: string[];
  active: boolean;
  sent_seq: number;
  tries: number;
  last_error: string | null;
  sent_at: string | null;
  next_at: string | null;
}
export interface WebhookPage { webhooks: WebhookRow[]; head_seq: number; kinds: string[] }
export interface DeliveryRow { id: string; after_seq: number; until_seq: number; events: number; sent_at: string; trouble: string }
