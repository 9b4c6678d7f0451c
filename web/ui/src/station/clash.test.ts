import { expect, test } from "vitest";
import { clashes } from "./clash";

test("a dish must carry every diet word of the elder", () => {
  expect(clashes({ diet_tags: ["halal", "soft"] }, { diet_tags: ["soft", "low_salt"] })).toEqual(["halal"]);
  expect(clashes({ diet_tags: [] }, { diet_tags: [] })).toEqual([]);
});
