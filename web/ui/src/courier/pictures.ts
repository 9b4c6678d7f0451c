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

/** 64 bits of how a picture looks, in hex: whether each of 8 by 8 greys is darker than its neighbour.
 *  A photo of a photo, cut or brightened, differs in few of them. Null where it cannot be drawn. */
export async function lookOf(picture: Blob): Promise<string | null> {
  try {
    const drawn = await createImageBitmap(picture, { resizeWidth: 9, resizeHeight: 8, resizeQuality: "high" });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [9, 8];
    const context = canvas.getContext("2d");
    context?.drawImage(drawn, 0, 0);
    drawn.close();
    const points = context?.getImageData(0, 0, 9, 8).data;
    return points ? bitsOf(points) : null;
  } catch {
    return null;
  }
}

/** The bits of 9 by 8 points, four bytes each. */
export function bitsOf(points: ArrayLike<number>): string {
  const grey = (at: number) => 299 * (points[at * 4] ?? 0) + 587 * (points[at * 4 + 1] ?? 0) + 114 * (points[at * 4 + 2] ?? 0);
  let hex = "";
  for (let row = 0; row < 8; row += 1)
    for (let half = 0; half < 8; half += 4) {
      let four = 0;
      for (let one = half; one < half + 4; one += 1) four = four * 2 + (grey(row * 9 + one) < grey(row * 9 + one + 1) ? 1 : 0);
      hex += four.toString(16);
    }
  return hex;
}

/** Shuts a picture away for an order; resolves with its hash when it is on the shelf. */
export async function keepPicture(shelf: Shelf, account: string, order_id: string, kind: Kind, picture: Blob): Promise<string> {
  const bytes = await picture.arrayBuffer();
  const sealed = await shut(shelf, bytes);
  if (!sealed || bytes.byteLength > MOST_BYTES) throw new Error("the picture cannot be kept");
  const hash = await sha256(bytes);
  const look = kind === "photo" ? await lookOf(picture) : null;
  await shelf.put("photos", { sha256: hash, account, order_id, kind, size: bytes.byteLength, have: 0, shut: sealed, ...(look ? { look } : {}) });
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
    const about = { order_id: one.order_id, kind: one.kind, size: one.size, begin: have, ...(one.look ? { look: one.look } : {}) };
    const piece = new Blob([bytes.slice(have, have + PIECE_BYTES)]);
    const kept = await upload<{ have: number; whole: boolean }>(`/api/field/photos/${one.sha256}`, about, piece);
    if (kept.whole) return true;
    await shelf.put("photos", { ...one, have: kept.have });
    // Nothing was added: it is begun again at another time, from where the server is.
    if (kept.have <= have) return false;
    have = kept.have;
  }
}
