/** A place on a form: what was typed or picked, and the point that is sent. */
export interface Placed { lat: string; lon: string; datum: string; by: string }

export const NOWHERE: Placed = { lat: "", lon: "", datum: "wgs84", by: "typed" };

/** The point to send; null where nothing usable was typed. */
export function pointOf(placed: Placed): { lat: number; lon: number; datum: string; by: string } | null {
  const [lat, lon] = [Number(placed.lat), Number(placed.lon)];
  if (!placed.lat.trim() || !placed.lon.trim() || !Number.isFinite(lat) || !Number.isFinite(lon)) return null;
  return { lat, lon, datum: placed.datum, by: placed.by };
}
