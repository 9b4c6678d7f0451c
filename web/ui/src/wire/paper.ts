/** Packs and route sheets, as the server tells them. */
export type Sheet = "pack" | "labels_a4" | "labels_thermal";
export const SHEETS: Sheet[] = ["pack", "labels_a4", "labels_thermal"];

export interface PackRow { id: string; sheet: Sheet; edition: number; made_at: string; printed_at: string | null }
export interface Packs { packs: PackRow[]; changes: number; stale: boolean }

export type TakenBy = "self" | "family" | "neighbour" | "staff" | "left";
export const TAKERS: TakenBy[] = ["self", "family", "neighbour", "staff", "left"];

export interface SheetRow {
  order_id: string; number: string; stop: number; box: string; label: string; what: string;
  at: string; helper_id: string; state: string; open: boolean;
}
