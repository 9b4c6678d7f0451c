/** The shapes of 「该看谁」: duties, calls, referrals. */
import type { ElderRow } from "./types";

export type DutyState = "overdue" | "at_risk" | "due" | "done";
export type Purpose = "phone_check" | "doctor" | "survey" | "other";
export type SpokeWith = "self" | "family" | "nobody";

export interface DutyLine {
  duty: string;
  name: string;
  name_en: string;
  state: DutyState;
  first_on: string;
  until_on: string;
  overdue_since: string | null;
  missed: number;
  needed: number;
  got: number;
  minutes: boolean;
  whose: "responsible" | "backup";
  paused: boolean;
  service: string | null;
  order_id: string | null;
  order_state: string | null;
  reason: string | null;
}

export interface DutyElder {
  elder: ElderRow;
  days_unseen: number | null;
  seen_on: Record<string, string>;
  visited_on: string | null;
  responsible: string | null;
  backup: string | null;
  duties: DutyLine[];
}

export interface ReferralRow {
  id: string;
  elder_id: string;
  elder_name: string;
  elder_number: string;
  need: string;
  urgency: string;
  words: string;
  state: "open" | "accepted" | "done" | "refused";
  raised_at: string;
  due_at: string;
  overdue: boolean;
  accepted_by: string | null;
  outcome: string | null;
}

export interface WeekRow {
  id: string;
  elder_id: string;
  elder_name: string;
  elder_number: string;
  duty: string;
  on: string;
  helper: string;
  backup: string | null;
  state: "proposed" | "moved" | "taken" | "dropped";
  words: string;
}

/** A visit that nobody can make; no rules: the station has nobody who visits. */
export interface WeekLeft { elder_id: string | null; elder_name: string; duty: string; rules: string[] }

export interface DayChoice {
  on: string;
  minutes: number;
  capacity: number;
  visits: number;
  full: boolean;
  late: boolean;
  paused: boolean;
}

export interface PersonChoice {
  helper_id: string;
  name: string;
  days: DayChoice[];
}

export interface VisitChoices {
  id: string;
  elder_name: string;
  name: string;
  name_en: string;
  on: string;
  helper_id: string;
  state: WeekRow["state"];
  minutes: number;
  until_on: string;
  presses_on: string;
  overdue: boolean;
  people: PersonChoice[];
}

export interface Credit {
  on: string;
  what: string;
  way: string;
  minutes: number;
  grade: string | null;
}

export interface PastPeriod {
  first_on: string;
  until_on: string;
  needed: number;
  got: number;
  met: boolean;
  excused: boolean;
  credits: Credit[];
}

export interface DutyStory {
  duty: string;
  period: "week" | "month" | "quarter" | "year" | "days";
  credits: Credit[];
  past: PastPeriod[];
}

export interface CarePlanRow {
  minutes_a_month: number;
  from_on: string;
  until_on: string | null;
  words: string;
  made_by: string | null;
}

export interface DutiesFile {
  on: string;
  last_seen_at: string | null;
  last_visit_at: string | null;
  row: DutyElder;
  stories: DutyStory[];
  care_plans: CarePlanRow[];
}

export interface StationDuties {
  on: string;
  counts: Record<DutyState, number>;
  visits_owed: number;
  visits_met: number;
  total: number;
  elders: DutyElder[];
  referrals: ReferralRow[];
  week: WeekRow[];
  week_left: WeekLeft[];
}
