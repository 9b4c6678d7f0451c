/** What each of those who watch over the house may open: their own views, and no others. */
import { viewFromAddress as fromAddress, type Group } from "../parts/views";
import type { Role } from "../wire/types";

export type View = "looks" | "deeds" | "machine" | "watchers" | "chain" | "logins" | "system" | "usage" | "months" | "rules" | "heads" | "indicators" | "draws";

const each = (...views: View[]): readonly Group<View>[] => views.map((one) => ({ id: one, views: [one] }));
const OF: Partial<Record<Role, readonly Group<View>[]>> = {
  audit_admin: each("looks", "deeds", "machine", "watchers", "chain"),
  security_admin: each("logins"),
  system_admin: each("system"),
  auditor: each("usage", "months", "rules", "heads"),
  evaluator: each("indicators", "draws"),
};

export const groupsFor = (role: Role | undefined): readonly Group<View>[] => (role && OF[role]) ?? [];

export const viewFor = (role: Role | undefined): View | null => {
  const groups = groupsFor(role);
  const first = groups[0]?.views[0];
  return first ? fromAddress(groups, first) : null;
};
