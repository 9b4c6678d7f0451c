/** What is said of a paper, and of a day's seconds. */
import type { PaperRow } from "../wire/staffing";
import { t } from "../words/words.svelte";
import { crew, skillName } from "./crew.svelte";

export function paperName(paper: Pick<PaperRow, "kind" | "skill">): string {
  return paper.kind === "insurance" ? t("file.insurance") : skillName(paper.skill ?? "", crew.skills);
}

export function runsOut(paper: PaperRow): string {
  const what = paperName(paper);
  if (paper.days_left < 0) return t("crew.expired", { what });
  return paper.days_left === 0 ? t("crew.expires_today", { what }) : t("crew.expires", { what, n: paper.days_left });
}

/** 28800 → "08:00". */
export function clockOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** "08:00" → 28800; null for what is no time of day. */
export function secondsOf(typed: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(typed);
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  return hours < 24 && minutes < 60 ? hours * 3600 + minutes * 60 : null;
}

/** Hours as people type them, into seconds; an empty field is no limit. */
export function hoursToSeconds(typed: string): number | null {
  const hours = Number(typed);
  return typed.trim() && Number.isFinite(hours) ? Math.round(hours * 3600) : null;
}
