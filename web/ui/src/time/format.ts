/** Times, dates and money as people read them. The district lives in Asia/Shanghai. */
import { t, type Word } from "../words/words.svelte";

const ZONE = "Asia/Shanghai";
const clockParts = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const dateParts = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit",
});

type Moment = string | number | Date | null | undefined;

function asDate(moment: Moment): Date | null {
  if (moment === null || moment === undefined || moment === "") return null;
  const read = new Date(moment);
  return Number.isNaN(read.getTime()) ? null : read;
}

/** "11:30" */
export function hourMinute(moment: Moment): string {
  return hourMinuteSecond(moment).slice(0, 5);
}

/** "11:30:05" */
export function hourMinuteSecond(moment: Moment): string {
  const at = asDate(moment);
  return at ? clockParts.format(at) : "—";
}

/** The local date, "2026-11-20". */
export function localDate(moment: Moment): string {
  const at = asDate(moment);
  return at ? dateParts.format(at) : "";
}

/** "11-20 11:30" when it is not today, else "11:30". */
export function shortTime(moment: Moment, today: string): string {
  const on = localDate(moment);
  return on && on !== today ? `${on.slice(5)} ${hourMinute(moment)}` : hourMinute(moment);
}

/** The first moment of a local day, in milliseconds; the town knows no summer time. */
export function dayStart(on: string): number {
  return Date.parse(`${on}T00:00:00+08:00`);
}

export function daysAfter(on: string, days: number): string {
  const at = new Date(`${on}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export function weekday(on: string): string {
  return t(`weekday.${new Date(`${on}T00:00:00Z`).getUTCDay()}` as Word);
}

/** The month of that day and those before it, newest first: "2026-11", "2026-10", … */
export function monthsUntil(on: string, many: number): string[] {
  const [year, month] = [Number(on.slice(0, 4)), Number(on.slice(5, 7)) - 1];
  return Array.from({ length: many }, (_, back) => new Date(Date.UTC(year, month - back)).toISOString().slice(0, 7));
}

/** "2026-11" as people say it. */
export function monthName(month: string): string {
  return t("time.month", { year: month.slice(0, 4), month: month.slice(5) });
}

/** "1:02:03" or "4:05"; never negative. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(Math.abs(milliseconds) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  const tail = `${two(seconds % 60)}`;
  return hours ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** How long ago, in the largest unit that says enough. */
export function ago(moment: Moment, now: number): string {
  const at = asDate(moment);
  if (!at) return t("time.never");
  const seconds = Math.floor((now - at.getTime()) / 1000);
  if (seconds < 5) return t("time.now");
  if (seconds < 90) return t("time.seconds_ago", { n: seconds });
  if (seconds < 90 * 60) return t("time.minutes_ago", { n: Math.round(seconds / 60) });
  if (seconds < 36 * 3600) return t("time.hours_ago", { n: Math.round(seconds / 3600) });
  return t("time.days_ago", { n: Math.round(seconds / 86400) });
}

/** Whole fen as "12.50"; a minus sign stays in front. */
export function yuan(fen: number): string {
  const whole = Math.abs(Math.round(fen));
  const text = `${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}`;
  const grouped = text.replace(/\B(?=(\d{3})+(?=\.))/g, ",");
  return fen < 0 ? `−${grouped}` : grouped;
}

/** What a cashier typed as fen, or null when it is not an amount: "12", "12.5", "12.50". */
export function fenFrom(typed: string, mostDigits = 6): number | null {
  const found = /^(\d+)(?:[.。](\d{1,2}))?$/.exec(typed.trim());
  if (!found?.[1] || found[1].length > mostDigits) return null;
  return Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}
