/** The station's views; the address says which is open. */
import { viewFromAddress as fromAddress, type Group } from "../parts/views";

export type View = "grid" | "counter" | "duties" | "files" | "helpers" | "kitchen" | "paper" | "help" | "safety" | "sheets" | "proofs" | "queue" | "months";

export const GROUPS: readonly Group<View>[] = [
  { id: "grid", views: ["grid"] },
  { id: "counter", views: ["counter"] },
  { id: "files", views: ["files"] },
  { id: "duties", views: ["duties"] },
  { id: "helpers", views: ["helpers"] },
  { id: "kitchen", views: ["kitchen"] },
  { id: "paper", views: ["paper"] },
  { id: "help", views: ["help"] },
  { id: "safety", views: ["safety"] },
  { id: "sheets", views: ["sheets"] },
  { id: "accounts", views: ["proofs", "queue", "months"] },
];

// F6 to F8 take money at the counter.
export const KEYS: Partial<Record<View, string>> = { grid: "F2", counter: "F4", files: "F3", duties: "F1", kitchen: "F9", paper: "F10" };

export const viewFromAddress = (): View => fromAddress(GROUPS, "grid");
