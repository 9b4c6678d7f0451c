/** Urgent help on the wire: the desk's side and the helper's. */
export interface HelpRow {
  id: string; state: string; service: string; service_name: string; place: string; lat: number; lon: number;
  elder_id: string | null; label: string; owner: string; called_at: string; asked: string | null; answers_by: string | null;
  helper_id: string | null; helper: string | null; accepted_at: string | null; expected_at: string | null;
  on_way_at: string | null; on_scene_at: string | null; back_at: string | null; closed_at: string | null; outcome: string | null;
}
export interface HelpService { code: string; name: string; minutes: number }
export interface HelpDesk { calls: HelpRow[]; services: HelpService[] }
export interface HelpLine { at: string; kind: string; words: string; actor: string }
export interface HelpFile { call: HelpRow; story: HelpLine[] }
export interface HelpWords { who: string; what: string; where: string; ended: string }
export interface Later { order_id: string; label: string; at: string; seconds: number; late_seconds: number; spoilt: boolean }
export interface Responder {
  helper_id: string; label: string; kind: string; mode: string; known_by: string; seen_at: string | null; on_round: boolean;
  able: boolean; asked: string | null; leaves_at: string; arrives_at: string; back_at: string | null; later: Later[];
}
export interface HelpAsked {
  id: string; service_name: string; minutes: number; place: string; building: string | null; arrives_at: string; expires_at: string;
  later: number; spoilt: number;
}
export interface MyCall {
  id: string; state: string; service_name: string; label: string; who: string; what: string; where: string; place: string;
  building: string | null; door: string | null; floor: number | null; lift: boolean | null; has_phone: boolean; lat: number; lon: number;
  maps: { gcj02: [number, number]; bd09: [number, number] }; accepted_at: string; expected_at: string | null;
  on_scene_at: string | null; back_at: string | null;
}
export interface MyHelp { asks: HelpAsked[]; call: MyCall | null }
