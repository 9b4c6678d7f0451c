import { expect, test } from "vitest";
import { blank, fromProfile, moved, toColumns } from "./profile";

test("a profile that is read and sent again is the same, codes and empty columns too", () => {
  const columns = [
    { header: "XB", field: "sex", codes: { 女: "2", 男: "1" } },
    { header: "BZ", field: "", codes: {} },
  ];
  expect(toColumns(fromProfile({ id: "p", name: "金民", form: "elder_files", columns }))).toEqual(columns);
});

test("what has no header or no code on a side is left out, and columns change places", () => {
  const half = { ...blank("A", "sex"), codes: [{ ours: "女", theirs: "" }] };
  expect(toColumns([half, blank("", "name")])).toEqual([{ header: "A", field: "sex", codes: {} }]);
  expect(moved([blank("A"), blank("B")], 1, -1).map((one) => one.header)).toEqual(["B", "A"]);
  expect(moved([blank("A")], 0, 1)).toHaveLength(1);
});
