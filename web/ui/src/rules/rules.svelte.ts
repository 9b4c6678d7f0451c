/** The rules as the office keeps them: what is read, and the deeds of two people. */
import { get, post } from "../wire/api";
import { Deed } from "../wire/deed.svelte";
import { Reading } from "../wire/reading.svelte";
import { Refused } from "../wire/refused";
import type { CheckedWords, RuleComparison, RuleDraftPage, RuleTrial, RulesPage } from "../wire/rules";
import { t, type Word } from "../words/words.svelte";

const LOOK_MS = 500;

class RulesDesk {
  page = new Reading<RulesPage>();
  draft = new Reading<RuleDraftPage>();
  tried = new Reading<RuleComparison>();
  chosen = $state<string | null>(null);
  months = $state<string[]>([]);
  deed = new Deed();
  trying = $state(false);
  /** How far the trial has come. */
  trial = $state.raw<RuleTrial | null>(null);
  said = $state("");
  #turn = 0;

  async read(): Promise<void> {
    await this.page.read(() => get<RulesPage>("/api/rules"));
  }

  choose(id: string | null): void {
    this.chosen = id;
    this.draft.forget();
    this.tried.forget();
    this.#turn += 1;
    this.trying = false;
    const { closed = [], months = [] } = this.page.value ?? {};
    this.months = [closed[0] ?? months[1] ?? ""].filter(Boolean);
    if (id) void this.draft.read(() => get<RuleDraftPage>(`/api/rules/drafts/${id}`));
  }

  async try(): Promise<void> {
    const turn = (this.#turn += 1);
    const asked = { months: [...this.months] };
    this.trying = true;
    this.trial = null;
    await this.tried.read(async () => {
      let trial = await post<RuleTrial>(`/api/rules/drafts/${this.chosen ?? ""}/trials`, asked);
      while (trial.state !== "done" && trial.state !== "failed") {
        await new Promise((go) => setTimeout(go, LOOK_MS));
        trial = await get<RuleTrial>(`/api/rules/trials/${trial.id}`);
        if (turn === this.#turn) this.trial = trial;
      }
      if (!trial.answer) throw new Refused(409, "trial_failed", trial.error ?? "", "nothing_to_save");
      return trial.answer;
    });
    if (turn === this.#turn) this.trying = false;
  }

  /** The words of a version as they were published; null when they could not be had. */
  async wordsOf(version: string): Promise<string | null> {
    let found: string | null = null;
    await this.deed.run(async () => {
      found = (await get<{ words: string }>(`/api/rules/versions/${encodeURIComponent(version)}`)).words;
    });
    return found;
  }

  check(words: string): Promise<CheckedWords | null> {
    return this.#ask<CheckedWords>("check", { words });
  }

  async putForward(words: string, note: string): Promise<boolean> {
    const made = await this.#ask<RuleDraftPage>("drafts", { words, note });
    if (!made) return false;
    await this.read();
    this.choose(made.draft.id);
    this.said = t("rules.sent");
    return true;
  }

  publish(): Promise<void> {
    const seen = this.tried.value;
    if (!seen) return Promise.resolve();
    const { periods: months, gaining, losing, old_fen, new_fen } = seen;
    return this.#decide("publish", { months, gaining, losing, old_fen, new_fen }, "rules.published");
  }

  sendBack(why: string): Promise<void> {
    return this.#decide("return", { why }, "rules.returned_said");
  }

  withdraw(): Promise<void> {
    return this.#decide("withdraw", {}, "rules.withdrawn_said");
  }

  async #decide(deed: string, body: object, said: Word): Promise<void> {
    const now = await this.#ask<RulesPage>(`drafts/${this.chosen ?? ""}/${deed}`, body);
    if (!now) return;
    this.page.take(now);
    this.choose(null);
    this.said = t(said);
  }

  #ask<T>(path: string, body: object): Promise<T | null> {
    this.said = "";
    return this.deed.ask<T>(`/api/rules/${path}`, body);
  }
}

export const desk = new RulesDesk();
