import { expect, test } from "vitest";
import { asked } from "./asked";

test("a reader's long number is a card, and the card is then the identity check", () => {
  expect(asked(" 1199000000012345 ")).toEqual({ body: { card: "1199000000012345" }, identity: "card" });
});

test("four digits are looked for like a name", () => {
  expect(asked("2345")).toEqual({ body: { text: "2345" }, identity: "staff_visual" });
  expect(asked("wgy")).toEqual({ body: { text: "wgy" }, identity: "staff_visual" });
  expect(asked("王桂英")).toEqual({ body: { text: "王桂英" }, identity: "staff_visual" });
});

test("a printed code is a code", () => {
  expect(asked("LZ:6f1c2a9d0b7e")?.identity).toBe("qr");
});

test("wide digits from a Chinese keyboard are read", () => {
  expect(asked("１１９９００００１２３４")?.body).toEqual({ card: "119900001234" });
  expect(asked("  ")).toBeNull();
});
