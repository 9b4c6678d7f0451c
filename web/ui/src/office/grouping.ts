/** Adding rows up by the parts that a reader asks for. */
import type { UsageRow } from "../wire/board";

export type Part = "station" | "channel" | "category";

const SUMMED = [
  "orders", "persons", "person_days",
  "price_fen", "subsidy_fen", "coupon_fen", "external_fen", "self_fen", "borne_fen", "other_fen",
] as const;

/** Distinct persons cannot be added over channels or categories: there the count is left out (−1). */
export function groupRows(rows: UsageRow[], by: Part[]): UsageRow[] {
  const groups = new Map<string, UsageRow & { parts: number }>();
  for (const row of rows) {
    const key = by.map((part) => (part === "station" ? row.station_id : row[part])).join("|");
    const group = groups.get(key);
    if (!group) groups.set(key, { ...row, parts: 1 });
    else {
      for (const name of SUMMED) group[name] += row[name];
      group.parts += 1;
    }
  }
  return [...groups.values()].map(({ parts, ...row }) => ({ ...row, persons: parts > 1 ? -1 : row.persons }));
}

export function byStation(rows: UsageRow[]): { station_id: string; station: string; fen: number }[] {
  return groupRows(rows, ["station"])
    .map((row) => ({ station_id: row.station_id, station: row.station, fen: row.subsidy_fen }))
    .sort((a, b) => b.fen - a.fen);
}
