import { expect, test } from "vitest";
import { barsOf, spoken, weekOf, type ReportTable } from "./report";

test("cells read as what they are", () => {
  expect([spoken(null, "fen"), spoken(123456, "fen"), spoken(9494, "percent"), spoken(1234, "count"), spoken("＊", "fen")]).toEqual(["—", "1,234.56", "94.94 %", "1,234", "＊"]);
});

test("a week has its number, at the turn of a year too", () => {
  expect(["2026-11-22", "2026-01-01", "2027-01-01", "2024-12-30"].map(weekOf)).toEqual(["2026-W47", "2026-W01", "2026-W53", "2025-W01"]);
});

test("bars leave the total and what is hidden out", () => {
  const line = (name: string, fen: number | string, level = 1) => ({ cells: { name, fen }, level, which: {} });
  const table: ReportTable = {
    word: "t", title: "t", note: "", bars: ["name", "fen"],
    columns: [{ field: "fen", title: "元", kind: "fen", query: "" }],
    lines: [line("合计", 900, 0), line("东", 300), line("西", 600), line("南", "＊")],
  };
  expect(barsOf(table).map((bar) => [bar.label, bar.share])).toEqual([["西", 100], ["东", 50]]);
});
