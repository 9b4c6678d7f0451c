/** The story: what each step waits for, where to look, and what is pressed in which pane. */
import type { TourWord } from "../words/tour";
import { part, type Move, type Pane } from "./moves";

export interface Board {
  played: string[]; doing: string; broken: string;
  seats: { pane: Pane }[];
  facts: Record<string, string | number | boolean | string[]>;
  counted: { what: string; before: number; after: number }[];
  killed: { name: string; before: number; after: number }[];
}
/** `look` turns to a pane, `open` takes its seat or loads it anew, `ask` lets it do something. */
export type Beat = { look: Pane } | { open: Pane[] } | { ask: Pane; move: Move } | { rest: number };
export interface Step {
  title: TourWord; words: TourWord; look: Pane;
  scene?: string; waiting?: TourWord;
  beats: (facts: Board["facts"]) => Beat[];
}

const ask = (pane: Pane, ...moves: Move[]): Beat[] => moves.map((move) => ({ ask: pane, move }));
const press = (name: string, times = 1): Move => ({ do: "press", what: part(name), times });
const see = (name: string): Move => ({ do: "see", what: part(name) });
const text = (fact: unknown) => String(fact ?? "");
const handOver: Move = { do: "press", what: `${part("hand-over")}, ${part("hand-over-all")}`, times: 2 };
const oneDoor: Move[] = [{ do: "load" }, press("arrived"), handOver];
const doors = (n: number): Beat[] => ask("courier", ...Array.from({ length: n }, () => oneDoor).flat());

export const OFFLINE_STOPS = 3;

export const STORY: Step[] = [
  {
    title: "clash.title", words: "clash.words", look: "station",
    beats: (facts) => [
      ...ask("station",
        { do: "type", what: part("grid-search"), text: text(facts.caller) },
        { do: "see", what: part("grid-row"), has: text(facts.caller) },
        { do: "press", what: `${part("cell")}[data-key="${text(facts.lunch)}"]` },
        press(`menu-${text(facts.clash)}`),
        see("refusal")),
      { rest: 1800 },
      ...ask("station", press(`menu-${text(facts.fits)}`)),
      ...(facts.brought ? [] : ask("station", { do: "key", key: "s" } as Move)),
      ...ask("station", { do: "see", what: `${part("cell")}[data-key="${text(facts.lunch)}"]:not([data-code=""])` }),
    ],
  },
  {
    title: "plan.title", words: "plan.words", look: "coordinator", scene: "plan", waiting: "planning",
    beats: (facts) => [
      { open: ["station", "coordinator", "courier", "family", "office"] },
      ...ask("coordinator", { do: "press", what: `${part("not-planned")} li button`, has: text(facts.asked) }, press("why"),
        { do: "see", what: `${part("why-not")} tbody tr` }),
      { rest: 2200 },
      ...ask("coordinator", { do: "see", what: `${part("why-not")} p:last-of-type` }),
    ],
  },
  {
    title: "load.title", words: "load.words", look: "courier", scene: "leave", waiting: "leaving",
    beats: () => [
      { open: ["station", "coordinator", "courier", "family", "office"] },
      ...ask("courier", { do: "load" }, see("stop")),
    ],
  },
  {
    title: "offline.title", words: "offline.words", look: "courier",
    beats: () => [
      ...ask("courier", { do: "line", open: false }, see("strip")),
      ...doors(OFFLINE_STOPS),
      ...ask("courier", { do: "see", what: `${part("strip")}[data-online="false"]` }),
    ],
  },
  {
    title: "back.title", words: "back.words", look: "coordinator",
    beats: () => [
      ...ask("courier", { do: "line", open: true }, { do: "see", what: `${part("strip")}[data-online="true"][data-unsent="0"]` }),
      { open: ["family"] },
      ...ask("coordinator", press("count-done")),
      ...ask("coordinator", see("orders")),
    ],
  },
  {
    title: "wrong.title", words: "wrong.words", look: "courier",
    beats: (facts) => [
      ...ask("courier", { do: "load" }, press("arrived"), press("check-box"),
        { do: "type", what: part("box-code"), text: text(facts.wrong) }, press("box-code-go"), see("box-wrong")),
      { rest: 2200 },
      ...ask("courier", { do: "type", what: part("box-code"), text: text(facts.right) }, press("box-code-go"), handOver),
    ],
  },
  {
    title: "closed.title", words: "closed.words", look: "courier",
    beats: (facts) => [
      ...doors(Number(facts.closed) - OFFLINE_STOPS - 1),
      ...ask("courier", { do: "load" }, press("arrived"), press("no-answer"), press("no-answer-start", 2),
        { do: "see", what: `${part("no-answer-wait")}[data-told="true"]` }),
      { open: ["family"] },
      { look: "coordinator" },
      ...ask("coordinator", { do: "see", what: part("case"), has: text(facts.closed_label) }),
    ],
  },
  {
    title: "outcome.title", words: "outcome.words", look: "coordinator",
    beats: (facts) => [
      ...ask("coordinator", { do: "press", what: part("case"), has: text(facts.closed_label) },
        press("rung-acknowledged"),
        { do: "type", what: part("rung-words"), text: "电话没人接，请站长上门" }, press("rung-no_reply"),
        press("let-go")),
      { rest: 1200 },
      ...ask("coordinator", press("outcome-seen_well"),
        { do: "type", what: part("close-words"), text: "站长上门，老人在家，没听见敲门" }, press("close-case", 2)),
      { rest: 1500 },
      { open: ["family"] },
      { look: "family" },
    ],
  },
  {
    title: "fen.title", words: "fen.words", look: "office",
    beats: (facts) => [
      { open: ["office"] },
      ...ask("office", press("group-channel"), press("group-category"),
        { do: "press", what: part("usage-row"), has: text(facts.station), inside: part("drill") },
        press("purpose-check"),
        { do: "see", what: part("line"), has: facts.numbers as string[] }),
    ],
  },
  { title: "kill.title", words: "kill.words", look: "coordinator", scene: "kill", waiting: "killing",
    beats: () => ask("coordinator", { do: "see", what: `${part("live")}[data-state="live"]` }) },
];
