/** The office's views, in groups. */
import { viewFromAddress as fromAddress, type Group } from "../parts/views";

export type View =
  | "usage" | "months" | "books" | "reports" | "rules" | "queue" | "bank"
  | "helpers" | "points" | "catalogue" | "calendar" | "proofs" | "safety" | "sheets" | "system";

export const GROUPS: readonly Group<View>[] = [
  { id: "money", views: ["usage", "months", "books", "reports", "rules", "queue", "bank"] },
  { id: "services", views: ["helpers", "points", "catalogue", "calendar"] },
  { id: "proofs", views: ["proofs"] },
  { id: "safety", views: ["safety"] },
  { id: "sheets", views: ["sheets"] },
  { id: "system", views: ["system"] },
];

/** The house itself is the district's affair. */
export const groupsFor = (district: boolean): readonly Group<View>[] => GROUPS.filter((one) => district || one.id !== "system");

export const viewFromAddress = (): View => fromAddress(GROUPS, "usage");
