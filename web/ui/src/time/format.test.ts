import { expect, test } from "vitest";
import { ago, daysAfter, fenFrom, hourMinute, localDate, monthName, monthsUntil, shortTime, span, weekday, yuan } from "./format";

test("instants are shown in the district's own time", () => {
  expect(hourMinute("2026-11-20T03:30:00Z")).toBe("11:30");
  expect(localDate("2026-11-20T17:00:00Z")).toBe("2026-11-21");
  expect(shortTime("2026-11-19T03:30:00Z", "2026-11-20")).toBe("11-19 11:30");
  expect(hourMinute(null)).toBe("—");
  expect(hourMinute("nonsense")).toBe("—");
});

test("dates step over the end of a month and know their weekday", () => {
  expect(daysAfter("2026-11-30", 1)).toBe("2026-12-01");
  expect(daysAfter("2026-03-01", -1)).toBe("2026-02-28");
  expect(weekday("2026-11-20")).toBe("五");
});

test("months go back over the turn of the year and are said in words", () => {
  expect(monthsUntil("2026-02-28", 3)).toEqual(["2026-02", "2026-01", "2025-12"]);
  expect(monthName("2026-02")).toBe("2026 年 02 月");
});

test("a span reads as a clock", () => {
  expect(span(3_723_000)).toBe("1:02:03");
  expect(span(245_000)).toBe("4:05");
  expect(span(-1000)).toBe("0:01");
});

test("money is written from whole fen and read back as whole fen", () => {
  expect(yuan(1250)).toBe("12.50");
  expect(yuan(-5)).toBe("−0.05");
  expect(yuan(123456789)).toBe("1,234,567.89");
  expect(fenFrom("12.5")).toBe(1250);
  expect(fenFrom("12。50")).toBe(1250);
  expect(fenFrom("1e3")).toBeNull();
  expect(fenFrom("-1")).toBeNull();
  expect(fenFrom("1.234")).toBeNull();
});

test("ago speaks in seconds, minutes, hours, days", () => {
  const now = Date.parse("2026-11-20T04:00:00Z");
  expect(ago("2026-11-20T03:59:58Z", now)).toBe("刚刚");
  expect(ago("2026-11-20T03:59:20Z", now)).toBe("40 秒前");
  expect(ago("2026-11-20T03:30:00Z", now)).toBe("30 分钟前");
  expect(ago("2026-11-10T04:00:00Z", now)).toBe("10 天前");
  expect(ago(null, now)).toBe("没有记录");
});
