import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openShelf, type Shelf } from "../shelf/shelf";
import { unseal } from "../shelf/vault";
import { useSession } from "../wire/api";
import { Reports } from "./reports.svelte";

type Asked = { path: string; key: string; csrf: string };
let shelf: Shelf;
let reports: Reports;
let asked: Asked[];
let answers: (() => Response | Promise<Response>)[];
let name = 0;
const json = (status: number, body: unknown = {}) => () => new Response(JSON.stringify(body), { status });
const me = { account: "li", name: "李", csrf: "new", now: "2026-11-22T04:00:00Z", speed: 1, stage: null };
const keep = (words: string) => reports.keep(shelf, "li", "/api/elders/e/condition", { words });
const kept = async () => ((await unseal<{ body: { words: string } }[]>(shelf, "reports")) ?? []).map((one) => one.body.words);

beforeEach(async () => {
  shelf = await openShelf(`reports-${(name += 1)}`);
  reports = new Reports();
  asked = [];
  useSession({ csrf: "old" });
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    asked.push({ path, key: headers["Idempotency-Key"] ?? "", csrf: headers["X-CSRF"] ?? "" });
    const answer = answers.shift();
    if (!answer) throw new TypeError("network");
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

test("only an answer about the report itself lets go of it; an old token is made anew", async () => {
  await keep("说胡话");
  for (const status of [408, 429, 401, 503]) {
    answers = [json(status)];
    await reports.tell(shelf, "li");
    expect([reports.waiting, await kept()]).toEqual([1, ["说胡话"]]);
  }
  answers = [json(403, { error: "forged_request" }), json(200, me), json(201)];
  await reports.tell(shelf, "li");
  expect([reports.waiting, reports.returned]).toEqual([0, null]);
  expect(asked.at(-1)?.csrf).toBe("new");
  expect(new Set(asked.filter((one) => one.key).map((one) => one.key)).size).toBe(1);
  await keep("站不稳");
  answers = [json(422, { error: "malformed", detail: "格式不对" })];
  await reports.tell(shelf, "li");
  expect([reports.waiting, reports.returned?.words]).toEqual([0, "站不稳"]);
});

test("what is told while another report is on its way is neither lost nor sent twice", async () => {
  await keep("一");
  let answer: (sent: Response) => void = () => undefined;
  answers = [() => new Promise<Response>((go) => (answer = go)), json(201)];
  const telling = reports.tell(shelf, "li");
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  await Promise.all([keep("二"), keep("三"), reports.tell(shelf, "li")]);
  expect(asked).toHaveLength(1);
  answer(new Response("{}", { status: 201 }));
  await telling;
  expect(await kept()).toEqual(["二", "三"]);
  expect(reports.waiting).toBe(2);
});
