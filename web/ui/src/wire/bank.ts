/** The time bank, as the server tells it; everything is whole minutes. */
export interface Band { band: string; accounts: number; minutes: number }
export interface EarnedIn { year: number; minutes: number }
export interface TeamRow { id: string; name: string; members: number; minutes: number }
export interface Bank {
  as_of: string;
  rules: string;
  from_age: number;
  most_minutes_kept: number;
  owed_minutes: number;
  minted_minutes: number;
  redeemed_minutes: number;
  pool_minutes: number;
  is_zero_sum: boolean;
  bands: Band[];
  years: EarnedIn[];
  teams: TeamRow[];
}
export interface KinRow { elder_id: string; label: string; relation: string; may_receive: boolean }
export interface MoveRow { id: string; kind: string; minutes: number; at: string; label: string | null }
export interface NothingFor { order_id: string; label: string; at: string; why: string }
export interface KinOnFile { id: string; name: string; relation: string; proof: string; may_receive: boolean }
export interface TeamChoice { id: string; name: string }
export interface HelperTime {
  station_id: string;
  collects: boolean;
  minutes: number;
  team: TeamChoice | null;
  teams: TeamChoice[];
  kin: KinOnFile[];
  guardian_today: boolean | null;
}
export interface VisitToPay { order_id: string; service: string; serve_on: string; minutes: number }
export interface ElderTime { minutes: number; visits: VisitToPay[] }
export interface OwnTime {
  collects: boolean;
  minutes: number;
  most_minutes_kept: number;
  team: string | null;
  kin: KinRow[];
  moves: MoveRow[];
  nothing_for: NothingFor[];
}
