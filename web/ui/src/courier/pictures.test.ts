import { expect, test } from "vitest";
import { bitsOf } from "./pictures";

const greys = (of: (at: number) => number) => Array.from({ length: 72 }, (_, at) => [of(at), of(at), of(at), 255]).flat();

test("how a picture looks does not change when it is brightened", () => {
  const hills = (at: number) => (at * 37) % 90;
  expect(bitsOf(greys(hills))).toHaveLength(16);
  expect(bitsOf(greys((at) => hills(at) + 60))).toBe(bitsOf(greys(hills)));
  expect(bitsOf(greys((at) => 200 - hills(at)))).not.toBe(bitsOf(greys(hills)));
});
