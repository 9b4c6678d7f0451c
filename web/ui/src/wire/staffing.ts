/** The shapes of helpers, the catalogue and the calendar. */
export interface PaperRow {
  id: string;
  kind: "certificate" | "insurance";
  skill: string | null;
  issuer: string;
  from_on: string;
  until_on: string;
  days_left: number;
}
export interface HelperLine {
  id: string;
  name: string;
  kind: string;
  station: string;
  suspended: boolean;
  bars: string[];
  skills: string[];
  lapsed: string[];
  soon: PaperRow[];
  next_from_at: string | null;
  next_until_at: string | null;
  away_until_at: string | null;
}
export interface HelperList { total: number; soon: number; helpers: HelperLine[] }
export interface PatternRow {
  weekday: number;
  begins: number;
  ends: number;
  break_from: number | null;
  break_until: number | null;
  break_seconds: number;
  off_on_holidays: boolean;
}
export interface ShiftRow { works_on: string; starts_at: string; ends_at: string; by_hand: boolean }
export interface LeaveRow { id: string; kind: string; from_at: string; until_at: string }
export interface PairRow { id: string; elder_id: string; elder_label: string; kind: "never" | "prefer" }
export interface ElderPairRow { id: string; helper_id: string; helper: string; kind: string; since: string }
export interface Look { at: string; who: string; purpose: string }
export interface SealedReason { reason: string; set_at: string; set_by: string; looks: Look[] }
export interface LimitsRow {
  max_work_seconds: number;
  most_floors: number | null;
  most_stops: number | null;
  four_weeks_seconds: number | null;
  heat_seconds: number | null;
  rest_seconds: number | null;
}
export interface HelperFile {
  line: HelperLine;
  phone: string;
  mode: string;
  capacity: number;
  paper: boolean;
  must_be_insured: boolean;
  minor: boolean;
  guardian: string | null;
  papers: PaperRow[];
  week: PatternRow[];
  shifts: ShiftRow[];
  leaves: LeaveRow[];
  limits: LimitsRow;
  communities: string[];
  known_communities: string[];
  pairs: PairRow[];
}
export interface Suspension { stopped: number; under_way: number }

export interface ServiceRow {
  code: string;
  assist: string;
  name: string;
  minutes: number;
  people: number;
  skills: string[];
  price_fen: number;
  unit: string;
  same_sex: string;
  proofs: string[];
  is_meal: boolean;
  active: boolean;
}
export interface AssistRow { code: string; label: string; one_of_six: boolean; rank: number; services: ServiceRow[] }
export interface SkillRow { code: string; name: string; certified: boolean }
export interface Catalogue { assists: AssistRow[]; skills: SkillRow[] }
export interface CalendarDay { falls_on: string; kind: string; name: string }
export interface Year { year: number; published: boolean; notice: string; days: CalendarDay[] }

export interface OfferRow {
  id: string;
  service: string;
  service_name: string;
  minutes: number;
  community: string;
  building: string;
  floor: number;
  lift: boolean;
  from_at: string;
  until_at: string;
  expires_at: string;
}
export interface HeatRow {
  street_code: string;
  street: string;
  warns_on: string;
  level: string;
  most_seconds: number | null;
  volunteers_stay: boolean;
  rest_from: number | null;
  rest_until: number | null;
  set_by: string | null;
}
export interface HeatNow { streets: string[]; warnings: HeatRow[]; planned_anew: number }

export interface CrewMessageRow {
  id: string; audience: "on_duty" | "kitchen" | "street"; place: string | null; words: string;
  sent_at: string; sent_by: string | null; sent_to: number; read: number; missing: string[];
}
export interface CrewPlace { id: string; name: string }
export interface CrewBoard { messages: CrewMessageRow[]; kitchens: CrewPlace[]; streets: CrewPlace[] }
export interface CrewNote { id: string; words: string; sent_at: string; sent_by: string | null }
