/** The round as the phone knows it: the server's, with what was recorded here laid over it. */
import type { FieldEvent, FieldKind, HelperRound, RoundStop, StopPerson } from "../wire/round";
import type { KeptEvent } from "../shelf/shelf";

export type PersonEnd = "open" | "begun" | "done" | "failed" | "no_answer";
export type SeenPerson = StopPerson & { end: PersonEnd; begun_ms: number | null };
export type SeenStop = Omit<RoundStop, "persons"> & { persons: SeenPerson[] };
export type SeenRound = Omit<HelperRound, "stops"> & { stops: SeenStop[] };

const ENDS: Partial<Record<FieldKind, PersonEnd>> = {
  handed_over: "done", contactless: "done", left_by_agreement: "done", visit_ended: "done",
  refused: "failed", cannot: "failed", no_answer: "no_answer", visit_begun: "begun",
};
const SERVER_ENDS: Record<string, PersonEnd> = {
  done: "done", failed: "failed", cancelled: "failed", no_answer: "no_answer",
  unassigned: "failed", // given back: no longer this round's to do
};

export function fold(round: HelperRound, kept: KeptEvent<FieldEvent>[]): SeenRound {
  const seen: SeenRound = { ...round, stops: round.stops.map(startOf).sort((a, b) => a.seq - b.seq) };
  for (const one of kept)
    if (one.state !== "quarantined" && one.event.round_id === round.id) apply(seen, one);
  for (const stop of seen.stops) settle(stop);
  return seen;
}

function startOf(stop: RoundStop): SeenStop {
  const end = (person: StopPerson): PersonEnd => {
    const said = person.by_other ? "done" : SERVER_ENDS[person.state];
    // At the kitchen a box that is done or under way is simply in the car.
    if (stop.kind === "pickup") return stop.state === "done" ? "done" : "open";
    return said ?? (stop.state === "no_answer" ? "no_answer" : "open");
  };
  const persons = stop.persons.map((person) => ({ ...person, end: end(person), begun_ms: null }));
  persons.sort((a, b) => Number(a.box ?? 0) - Number(b.box ?? 0));
  // What was brought without this phone, by a sheet of paper, needs no kitchen any more.
  const over = stop.kind === "pickup" && stop.persons.length > 0 && stop.persons.every((one) => one.by_other || one.state === "done" || one.state === "failed" || one.state === "cancelled");
  return { ...stop, state: over ? "done" : stop.state, persons };
}

function apply(round: SeenRound, { event, at_ms }: KeptEvent<FieldEvent>): void {
  if (event.kind === "loaded" && round.state === "ready") round.state = "loaded";
  if (event.kind === "departed" && round.state !== "ended") round.state = "under_way";
  if (event.kind === "ended") round.state = "ended";
  const stop = round.stops.find((one) => one.id === event.stop_id);
  if (!stop) return;
  if (event.kind === "arrived" && stop.state === "open") stop.state = "arrived";
  if (event.kind === "picked_up") stop.state = "done";
  const end = ENDS[event.kind];
  if (!end) return;
  for (const person of stop.persons) {
    if (event.order_id !== null && person.order_id !== event.order_id) continue;
    // A door that opened after all counts more than the silence before; nothing undoes a handover.
    if (person.end === "done" && end !== "done") continue;
    person.end = end;
    if (end === "begun") person.begun_ms = at_ms;
  }
}

function settle(stop: SeenStop): void {
  if (stop.kind === "pickup" || !stop.persons.length) return;
  const open = stop.persons.some((one) => one.end === "open" || one.end === "begun");
  if (open) {
    if (stop.state === "done" || stop.state === "no_answer") stop.state = "arrived";
    return;
  }
  stop.state = stop.persons.some((one) => one.end === "no_answer") ? "no_answer" : "done";
}

export function isOpen(stop: SeenStop): boolean {
  return stop.state === "open" || stop.state === "arrived";
}

/** Until when the stop has to be served: the earlier of its promise and what its boxes bear. */
export function bindingUntil(stop: SeenStop): string | null {
  const boxes = stop.persons.some((one) => one.service.startsWith("MEAL") && (one.end === "open" || one.end === "begun"));
  const times = [stop.until_at, boxes ? stop.eat_by_at : null].filter((at) => at !== null);
  return times.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
}

/** Where to go now: the first stop that is not finished. */
export function nextStop(round: SeenRound): SeenStop | null {
  return round.stops.find(isOpen) ?? null;
}
