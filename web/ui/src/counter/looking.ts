/** Finds who stands at the counter among those whom this page knows, without asking anybody. */
import { sha256 } from "../shelf/hash";
import type { TillPeople, TillPerson } from "../wire/till";
import type { Counter, Expected, Found } from "../wire/types";
import type { Asked } from "./asked";

const MOST = 20;
const NUMBER = /^\d{1,3}$/;
const TAIL = /^\d{4}$/;

/** Who this card, code or text may be; null where this browser cannot compare cards. */
export async function look(asked: Asked, people: TillPeople, counter: Counter | null): Promise<Found[] | null> {
  const expected = counter?.expected ?? [];
  if ("text" in asked.body) return byText(asked.body.text, people, expected);
  const read = "card" in asked.body ? asked.body.card : asked.body.qr;
  const [code, card] = [await sha256(read), await sha256(people.salt + read.toUpperCase())];
  if (!code) return null;
  const fetched = expected.find((one) => one.token?.code_sha256 === code);
  if (fetched) return [fetched];
  return people.people
    .filter((one) => one.card_hash === card || one.elder.number === read)
    .map((one) => found(one, expected));
}

function byText(text: string, people: TillPeople, expected: Expected[]): Found[] {
  const asked = text.toLowerCase().replaceAll(" ", "");
  if (NUMBER.test(asked)) {
    const called = expected.find((one) => one.token?.number === Number(asked));
    if (called) return [called];
  }
  return people.people.filter((one) => fits(asked, one)).slice(0, MOST).map((one) => found(one, expected));
}

function fits(asked: string, { elder, spelling, initials }: TillPerson): boolean {
  if (elder.number.toLowerCase() === asked) return true;
  if (TAIL.test(asked)) return elder.card_tail === asked;
  return elder.name.includes(asked) || spelling.startsWith(asked) || initials.startsWith(asked);
}

function found(one: TillPerson, expected: Expected[]): Found {
  const theirs = expected.filter((it) => it.elder.id === one.elder.id);
  const open = theirs.find((it) => it.order.state === "waiting");
  return open ?? theirs[0] ?? { elder: one.elder, order: null, bill: null, token: null };
}
