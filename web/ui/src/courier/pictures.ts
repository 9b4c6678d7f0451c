/** Pictures from the door: made small here, shut away, sent in pieces whenever the line allows. */
import { sha256 } from "../shelf/hash";
import type { KeptPhoto, Shelf } from "../shelf/shelf";
import { opened, shut } from "../shelf/vault";
import { upload } from "../wire/api";
import { asRefused } from "../wire/refused";

const LONGEST_SIDE = 1600;
const QUALITY = 0.7;
const PIECE_BYTES = 131_072;
const MOST_BYTES = 2_000_000;

export type Kind = KeptPhoto["kind"];

/** Without the browser's cryptography no picture is kept, so none is taken. */
export const canKeep = Boolean(globalThis.crypto?.subtle);

/** Drawn anew: smaller, and without what the camera wrote into the file (place, time, device). */
export async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return blobOf(canvas, "image/jpeg", QUALITY);
}

export function blobOf(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((done, no) => {
    canvas.toBlob((blob) => (blob ? done(blob) : no(new Error("no picture"))), type, quality);
  });
}

/** Shuts a picture away for an order; resolves with its hash when it is on the shelf. */
export async function keepPicture(shelf: Shelf, account: string, order_id: string, kind: Kind, picture: Blob): Promise<string> {
  const bytes = await picture.arrayBuffer();
  const sealed = await shut(shelf, bytes);
  if (!sealed || bytes.byteLength > MOST_BYTES) throw new Error("the picture cannot be kept");
  const hash = await sha256(bytes);
  await shelf.put("photos", { sha256: hash, account, order_id, kind, size: bytes.byteLength, have: 0, shut: sealed });
  return hash;
}

/** Sends what waits, one after another; stops where the line breaks and goes on from there later. */
export async function sendPictures(shelf: Shelf, account: string): Promise<void> {
  for (const one of await shelf.getAll("photos")) {
    if (one.account !== account) continue;
    try {
      if (await sendPicture(shelf, one)) await shelf.delete("photos", one.sha256);
    } catch (reason) {
      const { status } = asRefused(reason);
      // Answered for: no consent, or no such order of ours. Everything else is tried again.
      if (status === 400 || (status >= 403 && status < 500)) await shelf.delete("photos", one.sha256);
      else return;
    }
  }
}

async function sendPicture(shelf: Shelf, one: KeptPhoto): Promise<boolean> {
  const bytes = await opened(shelf, one.shut);
  if (!bytes) return true;
  for (let have = one.have; ; ) {
    const about = { order_id: one.order_id, kind: one.kind, size: one.size, begin: have };
    const piece = new Blob([bytes.slice(have, have + PIECE_BYTES)]);
    const kept = await upload<{ have: number; whole: boolean }>(`/api/field/photos/${one.sha256}`, about, piece);
    if (kept.whole) return true;
    await shelf.put("photos", { ...one, have: kept.have });
    // Nothing was added: it is begun again at another time, from where the server is.
    if (kept.have <= have) return false;
    have = kept.have;
  }
}
