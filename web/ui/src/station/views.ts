/** The station's views; the address says which is open. */
export type View = "grid" | "counter" | "duties" | "files" | "helpers" | "kitchen" | "paper" | "help" | "safety" | "sheets" | "proofs";

export const VIEWS: { view: View; key: string }[] = [
  { view: "grid", key: "F2" },
  { view: "counter", key: "F4" },
  // F6 to F8 take money at the counter.
  { view: "files", key: "F3" },
  { view: "duties", key: "F1" },
  { view: "helpers", key: "" },
  { view: "kitchen", key: "F9" },
  { view: "paper", key: "F10" },
  { view: "help", key: "" },
  { view: "safety", key: "" },
  { view: "sheets", key: "" },
  { view: "proofs", key: "" },
];

export function viewFromAddress(): View {
  const asked = location.hash.slice(1).split("/")[0];
  return VIEWS.find((one) => one.view === asked)?.view ?? "grid";
}
