import { expect, test } from "vitest";
import type { FieldEvent, FieldKind, HelperRound, RoundStop, StopPerson } from "../wire/round";
import { bindingUntil, fold, nextStop } from "./fold";
import type { KeptEvent } from "../shelf/shelf";

const person = (order_id: string, more: Partial<StopPerson> = {}): StopPerson => ({
  order_id, label: order_id, box: 1, dish: null, diet_tags: [], service: "MEAL_DELIVERY", minutes: null,
  contactless_agreed: false, photo_consent: false, state: "planned", ...more,
});
const stop = (id: string, seq: number, kind: RoundStop["kind"], persons: StopPerson[]): RoundStop => ({
  id, seq, kind, lat: 0, lon: 0, building: id, door: null, floor: null, lift: null, note: null,
  at: "2026-11-20T03:30:00Z", from_at: null, until_at: null, eat_by_at: null, state: "open", persons,
});
const round: HelperRound = {
  id: "r", wave: "w", plan_version: 1, state: "ready", leaves_at: "", ends_at: "", boxes: 2, load: [], path: [],
  stops: [
    stop("door", 2, "door", [person("a"), person("b")]),
    stop("kitchen", 1, "pickup", [person("a"), person("b")]),
    stop("last", 3, "door", [person("c")]),
  ],
};
let seq = 0;
const event = (kind: FieldKind, stop_id: string | null, order_id: string | null = null, state: KeptEvent["state"] = "kept") =>
  ({ seq: (seq += 1), state, event: { kind, round_id: "r", stop_id, order_id, wall_ms: 7 } }) as unknown as KeptEvent<FieldEvent>;

test("the round begins at the kitchen and goes on door by door", () => {
  expect(nextStop(fold(round, []))?.id).toBe("kitchen");
  const loaded = [event("loaded", null), event("picked_up", "kitchen"), event("departed", null)];
  expect(fold(round, loaded).state).toBe("under_way");
  expect(nextStop(fold(round, loaded))?.id).toBe("door");
});

test("a stop is finished when each of its persons has an end of their own", () => {
  const kept = [event("picked_up", "kitchen"), event("arrived", "door"), event("handed_over", "door", "a")];
  expect(nextStop(fold(round, kept))?.state).toBe("arrived");
  kept.push(event("no_answer", "door", "b"));
  const seen = fold(round, kept);
  expect(seen.stops[1]?.state).toBe("no_answer");
  expect(nextStop(seen)?.id).toBe("last");
});

test("a door that opens after no answer is a handover; silence after a handover changes nothing", () => {
  const late = fold(round, [event("no_answer", "door", "a"), event("handed_over", "door", "a")]);
  expect(late.stops[1]?.persons[0]?.end).toBe("done");
  const odd = fold(round, [event("handed_over", "door", "a"), event("no_answer", "door", "a")]);
  expect(odd.stops[1]?.persons[0]?.end).toBe("done");
});

test("a record that the server put aside does not move the round", () => {
  const seen = fold(round, [event("picked_up", "kitchen", null, "quarantined")]);
  expect(nextStop(seen)?.id).toBe("kitchen");
});

test("what the server knows already needs no record of ours", () => {
  const told = { ...round, stops: round.stops.map((one) => ({ ...one, persons: one.persons.map((who) => ({ ...who, state: "done" })), state: "done" as const })) };
  expect(nextStop(fold(told, []))).toBeNull();
});

test("boxes that a sheet of paper has brought need no kitchen any more", () => {
  const told = { ...round, stops: round.stops.map((one) => ({ ...one, persons: one.persons.map((who) => ({ ...who, state: who.order_id === "c" ? "planned" : "done" })) })) };
  expect(nextStop(fold(told, []))?.id).toBe("last");
});

test("what was given back is not to be done again, on whichever phone", () => {
  const told = { ...round, state: "under_way" as const, stops: round.stops.map((one) => (one.id === "kitchen" ? { ...one, state: "done" as const } : { ...one, persons: one.persons.map((who) => ({ ...who, state: who.order_id === "c" ? "under_way" : "unassigned" })) })) };
  expect(nextStop(fold(told, []))?.id).toBe("last");
});

test("the earlier of the promise and what the boxes bear binds; a visit has only its promise", () => {
  const door = fold(round, []).stops[1];
  if (!door) throw new Error("no door");
  const timed = { ...door, until_at: "2026-11-20T04:45:00Z", eat_by_at: "2026-11-20T04:30:00Z" };
  const of = (service: string) => ({ ...timed, persons: timed.persons.map((who) => ({ ...who, service })) });
  expect(bindingUntil(of("MEAL_DELIVERY"))).toBe(timed.eat_by_at);
  expect(bindingUntil(of("VISIT_HOME"))).toBe(timed.until_at);
});
