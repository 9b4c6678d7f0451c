import { expect, test } from "vitest";
import { sums } from "./differing";

test("more served is better, more travel and more left out are worse", () => {
  const was = { version: 1, travel_seconds: 3600, served: 10, left_out: 1, rounds: 3 };
  const turns = (now: Partial<typeof was>) => Object.fromEntries(sums(was, { ...was, ...now }).map((one) => [one.name, one.turn]));
  expect(turns({ served: 11, left_out: 0 })).toMatchObject({ served: "better", left_out: "better", travel: "same" });
  expect(turns({ travel_seconds: 4000, left_out: 2, rounds: 4 })).toMatchObject({ travel: "worse", left_out: "worse", rounds: "same" });
});
