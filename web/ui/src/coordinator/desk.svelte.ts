/** The coordinator's desk: the board as last read, what is chosen, what is looked for. */
import { get, post } from "../wire/api";
import type { Board, BoardHelper, BoardOrder, Wave } from "../wire/board";
import { calmly } from "../wire/calm";
import type { Whereabouts } from "../wire/feed";
import { Reading } from "../wire/reading.svelte";
import { asRefused, type Refused } from "../wire/refused";
import { clock } from "../time/clock.svelte";
import type { OrderState, Serving } from "../wire/types";
import { t } from "../words/words.svelte";
import { replay } from "./replay.svelte";
import { alarmsOf, matches, type Alarms } from "./sums";

export type Chosen = { kind: "order" | "helper" | "case"; id: string } | null;
const READ_GAP_MS = 1200;
const SHOW_GAP_MS = 120;
const MOVES_GAP_MS = 500;

function newer(one: BoardHelper, seen: Whereabouts | undefined): BoardHelper {
  if (!seen || (one.at !== null && Date.parse(one.at) >= Date.parse(seen.at))) return one;
  return { ...one, lat: seen.lat, lon: seen.lon, at: seen.at };
}

class Desk {
  reading = new Reading<Board>();
  chosen = $state.raw<Chosen>(null);
  stateFilter = $state<OrderState | null>(null);
  q = $state("");
  serving = $state<Serving | "">("");
  /** The order that waits for a press on the map, and where it was pressed. */
  placing = $state.raw<{ order_id: string; at: { lat: number; lon: number } | null } | null>(null);
  refused = $state.raw<Refused | null>(null);
  said = $state("");
  /** The round that was handed over last. */
  handedOver = $state<string | null>(null);
  /** Counts up with each reading of now, so that an open story is read again too. */
  news = $state(0);

  board = $derived(this.reading.value);
  /** Where helpers were seen since the board was read; the orders know nothing of it. */
  places = $state.raw<ReadonlyMap<string, Whereabouts>>(new Map());
  helpers = $derived<BoardHelper[]>(replay.on ? (this.board?.helpers ?? []) : (this.board?.helpers ?? []).map((one) => newer(one, this.places.get(one.id))));
  /** The moment that the page shows: this one, or the replay's. */
  now = $derived(replay.at ?? clock.now);
  alarms = $derived<Alarms>(this.board ? alarmsOf(this.board, this.now) : { unheard: [], cases: [], late: [], notPlanned: [], blocked: [] });
  listed = $derived<BoardOrder[]>(
    (this.board?.orders ?? []).filter(
      (one) => (!this.stateFilter || one.state === this.stateFilter) && matches(one, this.q),
    ),
  );
  order = $derived(this.chosen?.kind === "order" ? (this.board?.orders.find((one) => one.id === this.chosen?.id) ?? null) : null);
  helper = $derived(this.chosen?.kind === "helper" ? (this.helpers.find((one) => one.id === this.chosen?.id) ?? null) : null);
  /** The round of whatever is chosen. */
  round = $derived.by(() => {
    const helper = this.helper?.id ?? this.order?.helper_id;
    return helper ? (this.board?.rounds.find((one) => one.helper_id === helper && one.state !== "ended") ?? this.board?.rounds.find((one) => one.helper_id === helper) ?? null) : null;
  });
  /** The wave that was picked in the bar; whoever chooses an order leaves it. */
  waveId = $state<string | null>(null);
  wave = $derived.by<Wave | null>(() => {
    const waves = this.board?.waves ?? [];
    const asked = this.waveId ?? this.order?.wave_id;
    return waves.find((one) => one.id === asked) ?? waves.find((one) => one.state !== "ended") ?? null;
  });

  async read(): Promise<{ epoch: string; seq: number } | null> {
    const then = replay.at && new Date(replay.at).toISOString();
    const board = await this.reading.read(() =>
      then ? get<Board>("/api/board/replay", { at: then, serving: this.serving }) : get<Board>("/api/board", { on: clock.today, serving: this.serving }),
    );
    if (!board) return null;
    // A replayed minute is old: whatever else is open keeps what it shows.
    if (!then) this.news += 1;
    return { ...board.feed };
  }

  /** News are fetched whole: the board is one reading, and never wrong. */
  take = calmly(async () => (replay.on ? null : this.read()), READ_GAP_MS);
  /** Another minute of the replay; whoever drags sees the last one they came to. */
  show = calmly(() => this.read(), SHOW_GAP_MS);

  #moves = new Map<string, Whereabouts>();
  #moving: ReturnType<typeof setTimeout> | undefined;

  /** Where helpers are is gathered: five hundred who move are one change, not five hundred. */
  move(seen: Whereabouts): void {
    this.#moves.set(seen.helper_id, seen);
    this.#moving ??= setTimeout(() => this.#takeMoves(), MOVES_GAP_MS);
  }

  #takeMoves(): void {
    this.#moving = undefined;
    this.places = new Map([...this.places, ...this.#moves]);
    this.#moves = new Map();
  }

  choose(chosen: Chosen): void {
    this.chosen = chosen;
    this.waveId = null;
    this.placing = null;
  }

  /** Up and down the list, from wherever the choice is. */
  step(by: number): void {
    const at = this.listed.findIndex((one) => one.id === this.chosen?.id);
    const next = this.listed[Math.min(Math.max(at + by, 0), this.listed.length - 1)];
    if (next) this.choose({ kind: "order", id: next.id });
  }

  plan(wave: Wave): Promise<void> {
    return this.#doing(async () => {
      await post(`/api/waves/${wave.id}/plan`, {});
      this.said = t("wave.asked");
    });
  }

  rollback(wave: Wave): Promise<void> {
    return this.#doing(async () => {
      const back = await post<{ plan_version: number }>(`/api/waves/${wave.id}/rollback`, {});
      this.said = t("wave.rolled_back", { n: back.plan_version });
    });
  }

  locate(): Promise<void> {
    const placing = this.placing;
    if (!placing?.at) return Promise.resolve();
    const { order_id, at } = placing;
    return this.#doing(async () => {
      await post(`/api/orders/${order_id}/locate`, { ...at, datum: "wgs84" });
      this.placing = null;
      this.said = t("locate.done");
    });
  }

  async #doing(deed: () => Promise<void>): Promise<void> {
    if (replay.on) return;
    this.refused = null;
    this.said = "";
    try {
      await deed();
    } catch (reason) {
      this.refused = asRefused(reason);
    }
    await this.read();
  }
}

export const desk = new Desk();
