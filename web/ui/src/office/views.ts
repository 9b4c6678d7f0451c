/** The office's views, in groups. */
import { viewFromAddress as fromAddress, type Group } from "../parts/views";

export type View =
  | "usage" | "months" | "books" | "reports" | "rules" | "queue" | "bank"
  | "helpers" | "points" | "catalogue" | "calendar" | "proofs" | "safety" | "sheets";

export const GROUPS: readonly Group<View>[] = [
  { id: "money", views: ["usage", "months", "books", "reports", "rules", "queue", "bank"] },
  { id: "services", views: ["helpers", "points", "catalogue", "calendar"] },
  { id: "proofs", views: ["proofs"] },
  { id: "safety", views: ["safety"] },
  { id: "sheets", views: ["sheets"] },
];

export const viewFromAddress = (): View => fromAddress(GROUPS, "usage");
