/** Finds who stands at the counter among those whom this page knows, without asking anybody. */
import { sha256 } from "../shelf/hash";
import type { TillPeople, TillPerson } from "../wire/till";
import type { Counter, Expected, Found, OrderRow } from "../wire/types";
import { asked, type Asked } from "./asked";

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
  const sought = text.toLowerCase().replaceAll(" ", "");
  if (NUMBER.test(sought)) {
    const called = expected.find((one) => one.token?.number === Number(sought));
    if (called) return [called];
  }
  const fitting = people.people.filter((one) => fits(sought, one)).map((one) => found(one, expected));
  return expectedFirst(fitting).slice(0, MOST);
}

/** Whoever is still to come, then who has an order, then who could walk in. */
export function expectedFirst(found: Found[]): Found[] {
  const rank = ({ order }: Found) => (order === null ? 2 : notCome(order) ? 0 : 1);
  return [...found].sort((a, b) => rank(a) - rank(b));
}

/** A meal that waits at this counter for its eater. */
export function notCome(order: OrderRow): boolean {
  return order.channel !== "delivery" && (order.state === "waiting" || order.state === "planned");
}

/** Who may be meant while a name is being typed; a card or code is known when it is whole. */
export function near(typed: string, people: TillPeople | null, counter: Counter | null): Found[] {
  const what = people && asked(typed);
  if (!what || !("text" in what.body) || /^\d/.test(what.body.text)) return [];
  return byText(what.body.text, people, counter?.expected ?? []);
}

function fits(sought: string, { elder, spelling, initials }: TillPerson): boolean {
  if (elder.number.toLowerCase() === sought) return true;
  if (TAIL.test(sought)) return elder.card_tail === sought;
  return elder.name.includes(sought) || spelling.startsWith(sought) || initials.startsWith(sought);
}

function found(one: TillPerson, expected: Expected[]): Found {
  const theirs = expected.filter((it) => it.elder.id === one.elder.id);
  const open = theirs.find((it) => it.order.state === "waiting");
  return open ?? theirs[0] ?? { elder: one.elder, order: null, bill: null, token: null };
}
