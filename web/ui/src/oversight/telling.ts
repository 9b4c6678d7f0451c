/** Lines of the audit in words. */
import { named } from "../words/words.svelte";

/** 清河驿站 前台（station1）: the login that stands behind a title. */
export const loginOf = (by: string): string => /（([^（）]+)）$/.exec(by)?.[1] ?? "";

export const fieldsOf = (fields: readonly string[]): string => fields.map((one) => named("audit_field", one)).join("、");

/** What the product wrote down by itself has a word; what a person gave as a reason is theirs. */
export const purposeOf = (purpose: string): string => named("audit_purpose", purpose);

/** An account was opened: for which role and place. */
export function reachOf(purpose: string): string {
  const [role, ...places] = purpose.split(" ");
  return [named("role", role), ...places].join(" ");
}
