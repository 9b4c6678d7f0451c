/** The next stop, read aloud: for who rides, or reads badly in the sun. */
import { hourMinute } from "../time/format";
import { named, speech, t } from "../words/words.svelte";
import { bindingUntil, type SeenStop } from "./fold";

const SHELF = "liuzhu.aloud";
const SLOWLY = 0.9;

class Aloud {
  readonly can = typeof window !== "undefined" && "speechSynthesis" in window;
  /** Each new stop by itself; the choice stays on this phone. */
  on = $state(remembered());

  turn(on: boolean): void {
    this.on = on;
    if (!on && this.can) speechSynthesis.cancel();
    try {
      localStorage.setItem(SHELF, on ? "on" : "off");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  read(words: string): void {
    if (!this.can) return;
    speechSynthesis.cancel();
    const said = new SpeechSynthesisUtterance(words);
    said.lang = speech.language === "zh" ? "zh-CN" : "en";
    said.rate = SLOWLY;
    speechSynthesis.speak(said);
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(SHELF) === "on";
  } catch {
    return false;
  }
}

export const aloud = new Aloud();

/** Where, which door, which box, what must not be in it, until when. */
export function wordsOf(stop: SeenStop): string {
  const persons = stop.persons.filter((one) => one.end === "open" || one.end === "begun");
  const boxes = persons.map((one) => [one.label, one.box ? t("stop.box", { box: one.box }) : "", ...one.diet_tags.map((tag) => named("diet", tag))]);
  const at = bindingUntil(stop);
  const until = at ? t(persons.some((one) => one.box) ? "stop.until" : "stop.until_visit", { at: hourMinute(at) }) : "";
  return [stop.building, stop.door ? t("stop.door", { door: stop.door }) : "", ...boxes.flat(), until].filter(Boolean).join("，");
}
