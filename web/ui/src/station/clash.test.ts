import { expect, test } from "vitest";
import { chokes, clashes } from "./clash";

const eater = { diet_tags: ["halal", "soft"], allergies: ["花生"] };

test("a dish must carry every diet word of the elder and hold nothing they are allergic to", () => {
  expect(clashes(eater, { diet_tags: ["soft", "low_salt"], holds: ["豆腐"] })).toEqual(["halal"]);
  expect(clashes(eater, { diet_tags: ["soft", "halal"], holds: ["花生"] })).toEqual(["花生"]);
  expect(clashes({ diet_tags: [], allergies: [] }, { diet_tags: [], holds: ["花生"] })).toEqual([]);
});

test("a coarser texture than they can swallow is never offered", () => {
  expect(chokes({ swallowing_level: 0 }, { texture_level: 7 })).toBe(false);
  expect(chokes({ swallowing_level: 4 }, { texture_level: 5 })).toBe(true);
});
