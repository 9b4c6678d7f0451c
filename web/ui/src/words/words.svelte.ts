/** The word catalogue: Chinese first, English beside it. */
import { account } from "./account";
import { audit } from "./audit";
import { books } from "./books";
import { bank } from "./bank";
import { calls } from "./calls";
import { coordinator } from "./coordinator";
import { counter } from "./counter";
import { courier } from "./courier";
import { crew } from "./crew";
import { drafts } from "./drafts";
import { duties } from "./duties";
import { elders } from "./elders";
import { field } from "./field";
import { help } from "./help";
import { kitchen } from "./kitchen";
import { months } from "./months";
import { office } from "./office";
import { oversight } from "./oversight";
import { ordering } from "./ordering";
import { paper } from "./paper";
import { points } from "./points";
import { proofs } from "./proofs";
import { queue } from "./queue";
import { reports } from "./reports";
import { rules } from "./rules";
import { safety } from "./safety";
import { services } from "./services";
import { shared } from "./shared";
import { sheets } from "./sheets";
import { staffing } from "./staffing";
import { station } from "./station";
import { system } from "./system";

const catalogue = { ...shared, ...account, ...audit, ...bank, ...books, ...calls, ...sheets, ...field, ...services, ...station, ...counter, ...duties, ...staffing, ...elders, ...courier, ...coordinator, ...office, ...months, ...ordering, ...oversight, ...paper, ...points, ...proofs, ...queue, ...reports, ...rules, ...safety, ...help, ...kitchen, ...drafts, ...crew, ...system };

export type Word = keyof typeof catalogue;
export type Language = "zh" | "en";
type Values = Record<string, string | number>;

const SHELF = "liuzhu.language";

function remembered(): Language {
  try {
    return localStorage.getItem(SHELF) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}

class Speech {
  language = $state<Language>(remembered());

  speak(language: Language): void {
    this.language = language;
    try {
      localStorage.setItem(SHELF, language);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }
}

export const speech = new Speech();

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function t(word: Word, values: Values = {}): string {
  const pair: readonly [string, string] = catalogue[word];
  return fill(pair[speech.language === "zh" ? 0 : 1], values);
}

/** The word for a code the server sent; a code nobody has named shows itself. */
export function named(kind: string, code: string | null | undefined): string {
  if (!code) return "";
  const word = `${kind}.${code}`;
  return word in catalogue ? t(word as Word) : code;
}

export const words = catalogue;
