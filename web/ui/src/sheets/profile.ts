/** An export profile while it is edited: an ordered list of their columns. */
import type { FormRow, ProfileColumn, ProfileRow } from "../wire/sheets";

export interface CodePair { ours: string; theirs: string }
export interface Column { header: string; field: string; codes: CodePair[]; open: boolean }

export function blank(header = "", field = ""): Column {
  return { header, field, codes: [], open: false };
}

export function fromForm(form: FormRow): Column[] {
  return form.fields.map((one) => blank(one.title, one.field));
}

export function fromProfile(kept: ProfileRow): Column[] {
  return kept.columns.map((one) => ({
    ...blank(one.header, one.field),
    codes: Object.entries(one.codes).map(([ours, theirs]) => ({ ours, theirs })),
  }));
}

/** What is sent: columns without a header are left out, and so are codes without both sides. */
export function toColumns(columns: readonly Column[]): ProfileColumn[] {
  return columns
    .filter((one) => one.header.trim())
    .map((one) => ({
      header: one.header.trim(),
      field: one.field,
      codes: Object.fromEntries(one.codes.map((pair) => [pair.ours.trim(), pair.theirs.trim()]).filter(([ours, theirs]) => ours && theirs)),
    }));
}

export function moved(columns: readonly Column[], at: number, by: number): Column[] {
  const to = at + by;
  if (to < 0 || to >= columns.length) return [...columns];
  const next = [...columns];
  const [one] = next.splice(at, 1);
  if (one) next.splice(to, 0, one);
  return next;
}
