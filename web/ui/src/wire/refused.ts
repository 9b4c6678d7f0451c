/** An answer that was not the one asked for, told as: what happened, is it saved, what now. */
import { speech, t, type Word } from "../words/words.svelte";

export type Saved = "no" | "unknown" | "nothing_to_save";

export class Refused extends Error {
  override readonly name = "Refused";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly saved: Saved,
    readonly reference: string | null = null,
  ) {
    super(detail);
  }

  get what(): string {
    return this.detail || t("refused.unknown");
  }

  /** Empty where the server's own sentence says it already, or nobody was to save anything. */
  get savedWords(): string {
    if (SIGNING_IN.includes(this.code)) return "";
    return this.#says(/没有(保存|下单|重复|取消)|已保存/) ? "" : t(`saved.${this.saved}`);
  }

  get now(): string {
    if (this.#says(/请/)) return "";
    const word = NOW[this.code] ?? NOW[String(this.status)] ?? "now.ask";
    return t(word);
  }

  #says(sign: RegExp): boolean {
    return speech.language === "zh" && sign.test(this.detail);
  }
}

/** Nobody who signs in expects anything to be kept. */
const SIGNING_IN: readonly string[] = ["wrong_sign_in", "wrong_code", "too_many_tries"];

const NOW: Record<string, Word> = {
  offline: "now.offline",
  malformed: "now.malformed",
  key_reused: "now.reload",
  "400": "now.change",
  "401": "now.sign_in",
  "403": "now.not_yours",
  "404": "now.check",
  "409": "now.check",
  "422": "now.malformed",
  "429": "now.wait",
  "503": "now.wait",
};

export function asRefused(reason: unknown): Refused {
  if (reason instanceof Refused) return reason;
  return new Refused(0, "page", reason instanceof Error ? reason.message : String(reason), "unknown");
}
