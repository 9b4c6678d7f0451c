/** Which box is whose: the code on a label against the round that the phone holds, also offline. */
import type { SeenPerson, SeenRound } from "./fold";

export type BoxVerdict = { is: "right" } | { is: "wrong"; label: string; box: string } | { is: "unknown" };

const FEWEST_TYPED = 4;
const plain = (text: string) => text.trim().toUpperCase().replace(/\s+/g, "");

/** A code read whole; typed by hand, the last characters are enough if they mean one box only. */
function means(person: SeenPerson, code: string): boolean {
  const codes = [person.code, person.seal].filter((one) => one).map((one) => plain(one as string));
  return codes.some((one) => one === code || (code.length >= FEWEST_TYPED && one.endsWith(code)));
}

export function whose(round: SeenRound, person: SeenPerson, read: string): BoxVerdict {
  const code = plain(read);
  if (!code) return { is: "unknown" };
  const all = round.stops.filter((stop) => stop.kind !== "pickup").flatMap((stop) => stop.persons).filter((one) => one.box);
  const found = all.filter((one) => means(one, code));
  if (found.length !== 1) return { is: "unknown" };
  const [one] = found as [SeenPerson];
  return one.order_id === person.order_id ? { is: "right" } : { is: "wrong", label: one.label, box: String(one.box ?? "") };
}
