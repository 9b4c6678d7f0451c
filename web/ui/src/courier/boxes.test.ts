import { expect, test } from "vitest";
import { whose } from "./boxes";
import type { SeenPerson, SeenRound } from "./fold";

const person = (n: number): SeenPerson => ({
  order_id: `o${n}`, label: `${n}奶奶`, box: String(n), dish: null, diet_tags: [], service: "MEAL_LUNCH", minutes: 3,
  contactless_agreed: false, photo_consent: false, state: "planned", end: "open", begun_ms: null,
  code: `20261121-100${n}`, seal: `QH00${n}7`,
});
const round = {
  stops: [1, 2, 3].map((n) => ({ kind: "door", persons: [person(n)] })),
} as unknown as SeenRound;

test("a box is right, somebody else's, or nobody's of this round", () => {
  expect(whose(round, person(1), "20261121-1001")).toEqual({ is: "right" });
  expect(whose(round, person(1), "qh0017 ")).toEqual({ is: "right" });
  expect(whose(round, person(1), "20261121-1002")).toEqual({ is: "wrong", label: "2奶奶", box: "2" });
  expect(whose(round, person(1), "20261121-9999")).toEqual({ is: "unknown" });
});

test("a few typed characters are enough only when they mean one box", () => {
  expect(whose(round, person(3), "1003")).toEqual({ is: "right" });
  expect(whose(round, person(3), "03")).toEqual({ is: "unknown" });
  const twice = { stops: [...round.stops, { kind: "door", persons: [{ ...person(4), code: "20261122-1003" }] }] } as unknown as SeenRound;
  expect(whose(twice, person(3), "1003")).toEqual({ is: "unknown" });
});
