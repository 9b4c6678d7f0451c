/** What a key means on the order grid. */
import type { Channel } from "../wire/types";

export type Command =
  | { do: "dish"; nth: number }
  | { do: "channel"; channel: Channel }
  | { do: "move"; rows: number; columns: number; extend: boolean }
  | { do: "none" | "visit" | "copy" | "paste" | "fill" | "yesterday" | "undo" | "find" | "home" | "end" | "all" | "next" | "plan" };

type Key = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const STEPS: Record<string, [rows: number, columns: number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  PageUp: [-12, 0], PageDown: [12, 0], Enter: [1, 0],
};
const CHANNELS: Record<string, Channel> = { s: "delivery", q: "pickup", d: "proxy", t: "dine_in" };
const WORDS: Record<string, Exclude<Command["do"], "dish" | "channel" | "move">> = {
  "0": "none", Delete: "none", Backspace: "none", v: "visit", y: "yesterday", u: "undo", n: "next", p: "plan", "/": "find",
  Home: "home", End: "end",
};
const WITH_CTRL: Record<string, "copy" | "paste" | "fill" | "undo" | "all"> = {
  c: "copy", v: "paste", d: "fill", z: "undo", a: "all",
};

/** A Chinese input method may swallow the key or make it wide: then the place on the keyboard counts. */
function plain({ key, code }: Key): string {
  if (key === "Process" || key === "Unidentified") {
    const found = /^(?:Digit|Numpad|Key)(.)$/.exec(code);
    return (found?.[1] ?? key).toLowerCase();
  }
  const wide = key.normalize("NFKC");
  return wide.length === 1 ? wide.toLowerCase() : wide;
}

export function commandFor(event: Key): Command | null {
  const key = plain(event);
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    const word = WITH_CTRL[key];
    return word ? { do: word } : null;
  }
  const step = STEPS[key];
  if (step) return { do: "move", rows: step[0], columns: step[1], extend: event.shiftKey && key !== "Enter" };
  if (/^[1-9]$/.test(key)) return { do: "dish", nth: Number(key) - 1 };
  const channel = CHANNELS[key];
  if (channel) return { do: "channel", channel };
  const word = WORDS[key];
  return word ? { do: word } : null;
}
