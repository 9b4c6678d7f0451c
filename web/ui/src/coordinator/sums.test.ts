import { expect, test } from "vitest";
import type { Board, BoardOrder } from "../wire/board";
import { alarmsOf, matches, quiet, sumOf } from "./sums";

const order = (id: string, more: Partial<BoardOrder>): BoardOrder => ({
  id, number: `D-${id}`, state: "planned", reason: null, channel: "delivery", serving: "lunch", tier: 0,
  elder_label: "王奶奶", lat: null, lon: null, helper_id: null, stop_id: null, eta_at: null, until_at: null,
  late_seconds: null, outside_area: false, case_id: null, ...more,
});
const board = (more: Partial<Board>): Board => ({
  feed: { epoch: "e", seq: 1 }, now: "", waves: [], total: 0, orders: [], helpers: [], rounds: [], cases: [],
  last_event_at: null,
  counts: { held: 0, blocked: 1, waiting: 2, unassigned: 0, planned: 3, under_way: 0, done: 4, failed: 0, cancelled: 0 },
  ...more,
});

const NOW = Date.parse("2026-11-20T04:00:00Z");

test("the states add up to the total", () => {
  expect(sumOf(board({}).counts)).toBe(10);
});

test("the latest come first; who has arrived is late no more", () => {
  const orders = [order("a", { late_seconds: 60 }), order("b", { late_seconds: 600 }), order("c", { late_seconds: 900, state: "done" })];
  expect(alarmsOf(board({ orders }), NOW).late.map((one) => one.id)).toEqual(["b", "a"]);
});

test("cases go by their deadline, and a closed one is no alarm", () => {
  const one = { kind: "no_answer", order_id: null, elder_label: "", opened_at: "", rung: 1, rung_name: "", owner: null, state: "open" };
  const cases = [
    { ...one, id: "late", deadline_at: "2026-11-20T04:10:00Z" },
    { ...one, id: "soon", deadline_at: "2026-11-20T04:00:00Z" },
    { ...one, id: "closed", deadline_at: null, state: "closed" },
  ];
  expect(alarmsOf(board({ cases }), NOW).cases.map((each) => each.id)).toEqual(["soon", "late"]);
});

test("all is well only when nothing is open, late, left out or blocked", () => {
  expect(quiet(alarmsOf(board({}), NOW))).toBe(true);
  expect(quiet(alarmsOf(board({ orders: [order("a", { state: "blocked" })] }), NOW))).toBe(false);
});

test("a round that should have left and says nothing is no calm", () => {
  const stop = { id: "s", seq: 1, kind: "door", lat: 0, lon: 0, at: "", until_at: null, state: "open", order_ids: ["a"], waits: true };
  const round = { id: "r", helper_id: "h", state: "ready", leaves_at: "2026-11-20T03:49:00Z", ends_at: "2026-11-20T04:30:00Z", path: [], stops: [stop] };
  expect(quiet(alarmsOf(board({ rounds: [round] }), NOW))).toBe(false);
  expect(quiet(alarmsOf(board({ rounds: [round] }), NOW - 60_000))).toBe(true);
  expect(quiet(alarmsOf(board({ rounds: [{ ...round, stops: [{ ...stop, waits: false }] }] }), NOW))).toBe(true);
  expect(quiet(alarmsOf(board({ rounds: [{ ...round, state: "under_way" }] }), NOW))).toBe(true);
});

test("an order is found by its number or its label", () => {
  expect(matches(order("17", {}), "d-17")).toBe(true);
  expect(matches(order("17", {}), "王")).toBe(true);
  expect(matches(order("17", {}), "李")).toBe(false);
});
