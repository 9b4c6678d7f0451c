import { expect, test } from "vitest";
import { sha256 } from "../shelf/hash";
import type { TillPeople, TillPerson } from "../wire/till";
import type { Counter, Expected } from "../wire/types";
import { asked } from "./asked";
import { look, near } from "./looking";

const SALT = "salt";
const person = async (id: string, name: string, spelling: string, card: string): Promise<TillPerson> => ({
  elder: { id, number: `Q${id}`, name, card_tail: card.slice(-4) } as TillPerson["elder"],
  spelling, initials: spelling.replace(/[aeiou]\w*?(?=[^aeiou]|$)/g, "").slice(0, 3), card_hash: await sha256(SALT + card),
  proxies: [], dishes: [],
});

async function town(): Promise<[TillPeople, Counter]> {
  const wang = { ...(await person("1", "王桂英", "wangguiying", "1199000000012345")), initials: "wgy" };
  const li = { ...(await person("2", "李国强", "liguoqiang", "1199000000019999")), initials: "lgq" };
  const token = { number: 37, code_sha256: await sha256("LZQ:abcdef0123456789") };
  const expected = { elder: li.elder, order: { id: "o", state: "waiting" }, bill: null, token } as unknown as Expected;
  return [{ made_at: "", salt: SALT, people: [wang, li] }, { expected: [expected] } as unknown as Counter];
}

test.each([
  ["1199000000012345", "1"], ["LZQ:abcdef0123456789", "2"], ["37", "2"], ["9999", "2"],
  ["wgy", "1"], ["liguo", "2"], ["桂英", "1"], ["q1", "1"],
])("%s finds its person without a server", async (typed, id) => {
  const [people, counter] = await town();
  const question = asked(typed);
  const found = question && (await look(question, people, counter));
  expect(found?.map((one) => one.elder.id)).toEqual([id]);
});

test("a stranger's card is nobody's, and whoever has an order comes with it", async () => {
  const [people, counter] = await town();
  expect(await look({ body: { card: "1199000000010000" }, identity: "card" }, people, counter)).toEqual([]);
  const [found] = (await look({ body: { text: "李" }, identity: "staff_visual" }, people, counter)) ?? [];
  expect(found?.order?.id).toBe("o");
});

test("a name being typed finds the expected first; a figure waits until the card is whole", async () => {
  const [people, counter] = await town();
  const named = [...people.people, { ...people.people[0], elder: { ...people.people[0]?.elder, id: "0", name: "李安" }, spelling: "lian", initials: "la" }] as TillPerson[];
  const all = { ...people, people: named.reverse() };
  const dining = { expected: counter.expected.map((one) => ({ ...one, order: { ...one.order, channel: "dine_in" } })) } as unknown as Counter;
  expect(near("li", all, dining).map((one) => one.elder.id)).toEqual(["2", "0"]);
  expect(near("11990000", all, dining)).toEqual([]);
});
