/** What stays of a round that has ended: that it was, and how many doors it had. */
import type { HelperDay, HelperRound } from "../wire/round";

export function withoutPersons(day: HelperDay, ended: ReadonlySet<string>): HelperDay {
  return { ...day, rounds: day.rounds.map((round) => (ended.has(round.id) || round.state === "ended" ? bare(round) : round)) };
}

export const isBare = (round: HelperRound) => round.stops.every((stop) => !stop.persons.length && !stop.building);

function bare(round: HelperRound): HelperRound {
  const stops = round.stops.map((stop) => ({
    ...stop, building: "", door: null, note: null, lat: 0, lon: 0, maps: null, state: "done" as const, persons: [],
  }));
  return { ...round, state: "ended", load: [], path: [], stops };
}
