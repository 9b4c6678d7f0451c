/** The helper's day on this phone. */
import { clock } from "../time/clock.svelte";
import { monoMs, wallMs } from "../time/phone";
import { get, post, useSession, whenSignedOut, whenTakenAway } from "../wire/api";
import type { Refused } from "../wire/refused";
import { Reading } from "../wire/reading.svelte";
import { session } from "../wire/session.svelte";
import type { FieldEvent, FieldKind, HelperDay, HelperRound } from "../wire/round";
import { t, type Word } from "../words/words.svelte";
import { fold, isOpen, nextStop, type SeenPerson, type SeenRound, type SeenStop } from "./fold";
import { isBare, withoutPersons } from "./forgetting";
import { keepClock, windClock } from "./lasting";
import { takePass } from "./pass";
import { keepPicture, sendPictures, type Kind } from "./pictures";
import { lastFix, stopWatching, tellPosition, watchPosition } from "./position";
import { Reports } from "./reports.svelte";
import { nextSend } from "../shelf/pace";
import { Recorder, UNDO_MS, type Draft } from "../shelf/recorder";
import { fact, openShelf, type KeptEvent, type Shelf } from "../shelf/shelf";
import { seal, unseal } from "../shelf/vault";
import { wipe } from "../shelf/wiping";
import { sendDue } from "./sync";

interface Who { account: string; name: string; csrf: string }
/** A picture that is to go with the next deed for its order. */
export interface Picture { sha256: string; kind: Kind }
/** Somebody did not answer, and the helper still stands at their door. */
export interface AtTheDoor {
  seq: number; sinceMs: number; told: boolean; round: SeenRound; stop: SeenStop; person: SeenPerson;
}
export interface Last { deed: string; words: string; untilMs: number; undoable: boolean }

const ENDING: ReadonlySet<FieldKind> = new Set(["handed_over", "contactless", "left_by_agreement", "visit_ended", "cannot", "refused"]);

class Work {
  day = new Reading<HelperDay>();
  who = $state.raw<Who | null>(null);
  kept = $state.raw<KeptEvent<FieldEvent>[]>([]);
  online = $state(typeof navigator === "undefined" ? true : navigator.onLine);
  signedOut = $state(false);
  signedIn = $state(false);
  last = $state.raw<Last | null>(null);
  failed = $state(false);
  /** The pass was ended, or the account closed: nothing of anybody is kept here. */
  over = $state(false);
  refusedPass = $state.raw<Refused | null>(null);
  pictures = $state.raw<Record<string, Picture[]>>({});
  /** Pictures that wait for a line. */
  photos = $state(0);
  /** What was told of elders. */
  reports = new Reports();

  unsent = $derived(this.kept.filter((one) => one.state === "kept").length);
  quarantined = $derived(this.kept.filter((one) => one.state === "quarantined").length);
  rounds = $derived<SeenRound[]>((this.day.value?.rounds ?? []).map((round) => fold(round, this.kept)));
  round = $derived(this.rounds.find((one) => one.state !== "ended") ?? this.rounds.at(-1) ?? null);
  stop = $derived(this.round ? nextStop(this.round) : null);
  /** The newest record is an unanswered door, and nobody has gone on from it. */
  atTheDoor = $derived.by<AtTheDoor | null>(() => {
    const one = this.kept.at(-1);
    if (!one || one.event.kind !== "no_answer" || one.seq <= this.#goneOn) return null;
    const round = this.rounds.find((it) => it.id === one.event.round_id);
    const stop = round?.stops.find((it) => it.id === one.event.stop_id);
    const person = stop?.persons.find((it) => it.order_id === one.event.order_id);
    if (!round || !stop || !person || round.state === "ended") return null;
    return { seq: one.seq, sinceMs: one.at_ms, told: one.state === "sent", round, stop, person };
  });
  left = $derived(this.round?.stops.filter(isOpen).length ?? 0);

  #goneOn = $state(0);
  #shelf: Shelf | null = null;
  #recorder: Recorder<FieldEvent> | null = null;
  #failures = 0;
  #sending: ReturnType<typeof setTimeout> | undefined;

  async open(): Promise<void> {
    whenSignedOut(() => (this.signedOut = true));
    whenTakenAway(() => void this.#forget());
    this.#shelf = await openShelf();
    this.#recorder = await Recorder.open(this.#shelf);
    await windClock(this.#shelf);
    this.kept = await this.#recorder.all();
    this.#goneOn = (await fact<number>(this.#shelf, "gone_on")) ?? 0;
    this.pictures = (await unseal<Record<string, Picture[]>>(this.#shelf, "pictures")) ?? {};
    this.photos = await this.#shelf.count("photos");
    await this.reports.count(this.#shelf);
    this.refusedPass = await takePass();
    await this.#identify();
    await this.read();
    addEventListener("online", () => this.#back());
    addEventListener("offline", () => (this.online = false));
    this.#schedule(0);
  }

  async #identify(): Promise<void> {
    const shelf = this.#shelf as Shelf;
    try {
      const me = await session.open();
      this.who = { account: me.account, name: me.name, csrf: me.csrf };
      this.signedOut = this.over = false;
      this.signedIn = true;
      await seal(shelf, "me", this.who);
    } catch {
      this.who = await unseal<Who>(shelf, "me");
      if (this.who) useSession(this.who);
      else if (this.signedOut && !this.refusedPass) location.assign("/");
    }
  }

  async read(): Promise<void> {
    const shelf = this.#shelf as Shelf;
    if (this.over) return;
    const fresh = await this.day.read(() => get<HelperDay>("/api/round", { on: clock.today }));
    if (fresh) {
      this.online = true;
      await seal(shelf, "round", fresh);
      await keepClock(shelf);
    } else if (!this.day.value) {
      const kept = await unseal<HelperDay>(shelf, "round");
      if (kept) this.day.value = kept;
    }
    const self = this.day.value?.helper;
    tellPosition(!self?.may_hide || self.shows_position === true);
    if (this.round?.state === "under_way") watchPosition();
    else if (this.round?.state === "ended") stopWatching();
    await this.#forgetEnded();
  }

  /** A round that has ended is nobody's business any more: its doors go, and what was answered for. */
  async #forgetEnded(): Promise<void> {
    const ended = new Set(this.rounds.filter((one) => one.state === "ended").map((one) => one.id));
    const day = this.day.value;
    if (!day || !ended.size) return;
    if (day.rounds.some((one) => ended.has(one.id) && !isBare(one))) {
      this.day.value = withoutPersons(day, ended);
      await seal(this.#shelf as Shelf, "round", this.day.value);
    }
    await this.#tool().forget((event) => event.round_id !== null && ended.has(event.round_id));
    this.kept = await this.#tool().all();
  }

  /** Taken away: the list goes at once; what is unsent stays shut until the server has answered. */
  async #forget(): Promise<void> {
    const shelf = this.#shelf as Shelf;
    this.over = true;
    this.signedIn = false;
    this.last = null;
    this.pictures = {};
    this.day.forget();
    stopWatching();
    await wipe(shelf, ["round", "pictures"]);
    this.kept = await this.#tool().all();
    if (this.unsent || this.photos || this.reports.waiting) {
      const who = this.who ?? (await unseal<Who>(shelf, "me"));
      if (!who) return;
      this.who = { ...who, name: "" };
      await seal(shelf, "me", this.who);
    } else await wipe(shelf);
  }

  /** Writes a deed down; only then does the page say 已记录. */
  async record(kinds: [FieldKind, string | null, Record<string, unknown>?][], round: HelperRound | SeenRound, stop: SeenStop | null, words: string): Promise<boolean> {
    const drafts: Draft<FieldEvent>[] = kinds.map(([kind, order_id, detail = {}]) => ({
      kind, order_id, detail, round_id: round.id, stop_id: stop?.id ?? null,
      plan_version_seen: round.plan_version, pos: lastFix(),
      photo_sha256: ENDING.has(kind) ? (this.pictures[order_id ?? ""] ?? []).map((one) => one.sha256) : [],
    }));
    // An unanswered door is told at once, and so is the end: the phone may be put away after it.
    // Everything else can be taken back for ten seconds.
    const urgent = drafts.some((one) => one.kind === "no_answer" || one.kind === "ended");
    try {
      const times = { wall_ms: wallMs(), mono_ms: monoMs(), at_ms: clock.now };
      const kept = await this.#tool().record(drafts, this.who?.account ?? "", times, urgent ? 0 : UNDO_MS);
      this.kept = await this.#tool().all();
      this.failed = false;
      this.last = { deed: kept[0]?.deed ?? "", words, untilMs: Date.now() + UNDO_MS, undoable: !urgent };
      if (drafts.some((one) => one.kind === "departed")) watchPosition();
      await keepClock(this.#shelf as Shelf);
      await this.#leavePictures(drafts);
      if (drafts.some((one) => one.kind === "ended")) {
        stopWatching();
        await this.#forgetEnded();
      }
      if (urgent) this.#schedule(0);
      return true;
    } catch {
      this.failed = true;
      return false;
    }
  }

  /** Shuts a picture away for the next deed of this order. */
  async keep(order_id: string, kind: Kind, picture: Blob): Promise<boolean> {
    const shelf = this.#shelf as Shelf;
    const sha256 = await keepPicture(shelf, this.who?.account ?? "", order_id, kind, picture);
    this.pictures = { ...this.pictures, [order_id]: [...(this.pictures[order_id] ?? []), { sha256, kind }] };
    await seal(shelf, "pictures", this.pictures);
    this.photos = await shelf.count("photos");
    return true;
  }

  /** Shuts a report away; it goes as soon as there is a line, also after the page was closed. */
  async report(path: string, body: { words: string; severity?: string }): Promise<boolean> {
    const kept = await this.reports.keep(this.#shelf as Shelf, this.who?.account ?? "", path, body).catch(() => false);
    if (kept) void this.#tellReports();
    return kept;
  }

  async #tellReports(): Promise<void> {
    if (this.who && this.signedIn) await this.reports.tell(this.#shelf as Shelf, this.who.account).catch(() => null);
  }

  async #leavePictures(drafts: Draft<FieldEvent>[]): Promise<void> {
    const gone = new Set(drafts.filter((one) => one.photo_sha256.length).map((one) => one.order_id));
    if (!gone.size) return;
    this.pictures = Object.fromEntries(Object.entries(this.pictures).filter(([order_id]) => !gone.has(order_id)));
    await seal(this.#shelf as Shelf, "pictures", this.pictures);
  }

  async undo(): Promise<void> {
    if (!this.last) return;
    await this.#tool().undo(this.last.deed);
    this.last = null;
    this.kept = await this.#tool().all();
  }

  /** A volunteer's own choice; what the server answers is what is shown. */
  async showDot(shown: boolean): Promise<void> {
    const answer = await post<{ shown: boolean }>("/api/field/position/shown", { shown }).catch(() => null);
    if (!answer || !this.day.value) return;
    this.day.value = { ...this.day.value, helper: { ...this.day.value.helper, shows_position: answer.shown } };
    tellPosition(answer.shown);
    await seal(this.#shelf as Shelf, "round", this.day.value);
  }

  goOn(door: AtTheDoor): void {
    this.#goneOn = door.seq;
    void this.#shelf?.put("facts", door.seq, "gone_on");
  }

  async signOut(): Promise<void> {
    if (this.unsent || this.photos || this.reports.waiting || !this.#shelf) return;
    stopWatching();
    await wipe(this.#shelf, ["round", "me", "pictures"]);
    await session.close();
  }

  nameOf(kind: FieldKind): string {
    return t(`event.${kind}` as Word);
  }

  #tool(): Recorder<FieldEvent> {
    if (!this.#recorder) throw new Error("the shelf is not open");
    return this.#recorder;
  }

  async #back(): Promise<void> {
    this.online = true;
    await this.#identify();
    this.#schedule(0);
  }

  #schedule(wait: number): void {
    clearTimeout(this.#sending);
    this.#sending = setTimeout(() => void this.#send(), wait);
  }

  async #send(): Promise<void> {
    const end = this.who ? await sendDue(this.#tool(), this.who.account) : "nothing";
    if (end === "sent") {
      this.kept = await this.#tool().all();
      void this.read();
    }
    if (end === "sent" || end === "refused") this.online = true;
    // Pictures go after the events, and nothing waits for them.
    if ((end === "sent" || end === "nothing") && this.photos && this.who && this.online) {
      const shelf = this.#shelf as Shelf;
      await sendPictures(shelf, this.who.account);
      this.photos = await shelf.count("photos");
    }
    if (end !== "offline" && this.reports.waiting) void this.#tellReports();
    if (this.over && this.who && !this.unsent && !this.photos && !this.reports.waiting) {
      await wipe(this.#shelf as Shelf);
      this.who = null;
    }
    if (end === "offline") this.online = false;
    this.signedOut = end === "signed_out" || (this.signedOut && end === "nothing");
    this.#failures = end === "sent" || end === "nothing" ? 0 : this.#failures + 1;
    this.#schedule(nextSend(this.#failures, Math.random()));
  }
}

export const work = new Work();
