/** What stands in the counter's box: a card, a code, or somebody's name. */
import type { Identity } from "../wire/types";

export interface Asked { body: { card: string } | { qr: string } | { text: string }; identity: Identity }

const CARD = /^\d{8,20}$/;
const CODE = /^[A-Za-z]{2,6}[:\-][A-Za-z0-9\-_.=]{8,}$/;

export function asked(typed: string): Asked | null {
  const text = typed.trim().normalize("NFKC");
  if (!text) return null;
  if (CARD.test(text)) return { body: { card: text }, identity: "card" };
  if (CODE.test(text)) return { body: { qr: text }, identity: "qr" };
  return { body: { text }, identity: "staff_visual" };
}
