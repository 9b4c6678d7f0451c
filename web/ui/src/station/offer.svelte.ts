/** What the elder under the cursor could order in that cell, and what they would pay. */
import { get } from "../wire/api";
import { Reading } from "../wire/reading.svelte";
import type { Offer } from "../wire/types";
import { sheet } from "./sheet.svelte";

const REST_MS = 180;

class CellOffer {
  #reading = new Reading<Offer>();
  #of = $state("");
  /** Which cell the cursor is on, as one word. */
  at = $derived(sheet.row && sheet.column ? `${sheet.row.elder.id} ${sheet.column.key}` : "");
  value = $derived(this.#of === this.at ? this.#reading.value : null);

  /** Asked when the cursor rests, not at each cell that it passes. */
  follow(): () => void {
    const [at, row, column] = [this.at, sheet.row, sheet.column];
    if (!row || !column) return () => {};
    const usual = row.usual[column.key]?.channel ?? row.elder.usual_channel ?? "pickup";
    const asked = { elder_id: row.elder.id, on: column.on, serving: column.serving, channel: usual === "visit" ? "pickup" : usual };
    const resting = setTimeout(() => {
      void this.#reading.read(() => get<Offer>("/api/station/offer", asked)).then((found) => found && (this.#of = at));
    }, REST_MS);
    return () => clearTimeout(resting);
  }
}

export const cellOffer = new CellOffer();
