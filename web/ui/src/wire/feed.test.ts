import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed, reconnectWait, type FeedEvent } from "./feed";

class Line {
  static opened: Line[] = [];
  sent: unknown[] = [];
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((closed: { code: number }) => void) | null = null;
  constructor(readonly address: string, readonly protocols: string[]) {
    Line.opened.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.onclose?.({ code: 1006 });
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const hello = (epoch: string, head: number) => ({ t: "hello", epoch, head, now: "2026-11-20T03:00:00Z" });
const event = (seq: number) => ({ t: "event", seq, kind: "order.placed", state: "waiting" });

let heard: number[];
let states: string[];
let reread: ReturnType<typeof vi.fn<() => Promise<{ epoch: string; seq: number } | null>>>;
let feed: Feed;
let tickets = 0;

beforeEach(() => {
  vi.useFakeTimers();
  Line.opened = [];
  heard = [];
  states = [];
  tickets = 0;
  reread = vi.fn(async () => ({ epoch: "e2", seq: 70 }));
  feed = new Feed({
    ticket: async () => `k${(tickets += 1)}`,
    reread,
    event: (one: FeedEvent) => heard.push(one.seq),
    state: (state) => states.push(state),
    open: (address, protocols) => new Line(address, protocols) as unknown as WebSocket,
    random: () => 0.5,
  });
});
afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

const last = () => Line.opened.at(-1) as Line;
const settle = () => vi.advanceTimersByTimeAsync(0);

test("the ticket goes as a subprotocol and the feed goes on after the snapshot", async () => {
  feed.start({ epoch: "e1", seq: 5 });
  await settle();
  expect(last().protocols).toEqual(["liuzhu.v2", "t.k1"]);
  last().say(hello("e1", 9));
  expect(last().sent).toEqual([{ t: "resume", epoch: "e1", seq: 5 }]);
  last().say(event(6));
  last().say(event(6));
  last().say(event(7));
  expect(heard).toEqual([6, 7]);
  expect(reread).not.toHaveBeenCalled();
});

test("a new epoch or a reset means reading everything again", async () => {
  feed.start({ epoch: "e1", seq: 5 });
  await settle();
  last().say(hello("e2", 60));
  await settle();
  expect(reread).toHaveBeenCalledOnce();
  expect(last().sent.at(-1)).toEqual({ t: "resume", epoch: "e2", seq: 70 });
  last().say({ t: "reset" });
  await settle();
  expect(reread).toHaveBeenCalledTimes(2);
});

test("after a break it resumes with the last number it saw", async () => {
  feed.start({ epoch: "e1", seq: 5 });
  await settle();
  last().say(hello("e1", 5));
  last().say(event(6));
  last().close();
  expect(states.at(-1)).toBe("polling");
  await vi.advanceTimersByTimeAsync(300);
  expect(Line.opened).toHaveLength(2);
  last().say(hello("e1", 8));
  expect(last().sent).toEqual([{ t: "resume", epoch: "e1", seq: 6 }]);
  expect(states.at(-1)).toBe("live");
});

test("while the socket is down the page is read every 15 seconds", async () => {
  feed = new Feed({ ticket: () => Promise.reject(new Error("down")), reread, random: () => 1 });
  feed.start(null);
  await vi.advanceTimersByTimeAsync(130_000);
  expect(reread.mock.calls.length).toBeGreaterThanOrEqual(3);
});

// proves F66
test("a heartbeat that is ahead for two seconds asks for what is missing", async () => {
  feed.start({ epoch: "e1", seq: 5 });
  await settle();
  last().say(hello("e1", 5));
  last().say({ t: "head", head: 8, now: "2026-11-20T03:00:15Z" });
  await vi.advanceTimersByTimeAsync(2_100);
  expect(last().sent.at(-1)).toEqual({ t: "resume", epoch: "e1", seq: 5 });
});

test("forty seconds of silence count as a broken line", async () => {
  feed.start({ epoch: "e1", seq: 5 });
  await settle();
  last().say(hello("e1", 5));
  await vi.advanceTimersByTimeAsync(41_000);
  expect(Line.opened.length).toBeGreaterThan(1);
});

test("reconnects spread out, and never wait more than thirty seconds", () => {
  expect(reconnectWait(0, 1)).toBe(500);
  expect(reconnectWait(3, 0.5)).toBe(2000);
  expect(reconnectWait(20, 1)).toBe(30_000);
  expect(reconnectWait(0, 1, true)).toBe(10_000);
});
