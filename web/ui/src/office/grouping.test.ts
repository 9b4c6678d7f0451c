import { expect, test } from "vitest";
import type { UsageRow } from "../wire/board";
import { byStation, groupRows } from "./grouping";

const row = (station: string, channel: UsageRow["channel"], category: string, fen: number): UsageRow => ({
  station_id: station, station, channel, category, orders: 1, persons: 1, person_days: 1,
  price_fen: fen * 2, subsidy_fen: fen, coupon_fen: 0, self_fen: fen, borne_fen: 0, external_fen: 0, other_fen: 0,
});
const rows = [row("a", "delivery", "AGE80", 100), row("a", "dine_in", "AGE80", 50), row("b", "delivery", "BASIC", 400)];

test("whatever the grouping, the sum stays", () => {
  const sum = (of: UsageRow[]) => of.reduce((total, one) => total + one.subsidy_fen, 0);
  for (const by of [["station"], ["channel"], ["category"], ["station", "category"]] as const)
    expect(sum(groupRows(rows, [...by]))).toBe(550);
});

test("persons are not added up: one may eat by two channels", () => {
  const [a, b] = groupRows(rows, ["station"]);
  expect([a?.persons, b?.persons]).toEqual([-1, 1]);
});

test("stations are sorted by their sum", () => {
  expect(byStation(rows).map((one) => one.station)).toEqual(["b", "a"]);
});
