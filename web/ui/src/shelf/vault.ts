/** What lies on the shelf is shut with a key that cannot leave this browser. */
import { fact, type Shelf } from "./shelf";

export interface Sealed { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer }

/** Read anew each time: another tab may have forgotten the key and made another. */
async function keyOf(shelf: Shelf): Promise<CryptoKey | null> {
  if (!globalThis.crypto?.subtle) return null;
  const known = await fact<CryptoKey>(shelf, "key");
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Of two tabs that make one at once, one wins: what the other had shut could never be opened.
  const work = shelf.transaction("facts", "readwrite");
  const key = ((await work.store.get("key")) as CryptoKey | undefined) ?? made;
  await work.store.put(key, "key");
  await work.done;
  return key;
}

/** Throws the key away: whatever was shut with it is gone, wherever the browser kept a copy. */
export async function forgetKey(shelf: Shelf): Promise<void> {
  await shelf.delete("facts", "key");
}

/** Null without the browser's cryptography (plain http in a LAN). */
export async function shut(shelf: Shelf, bytes: BufferSource): Promise<Sealed | null> {
  const key = await keyOf(shelf);
  if (!key) return null;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

/** Null when it was shut with another key. */
export async function opened(shelf: Shelf, sealed: Sealed): Promise<ArrayBuffer | null> {
  const key = await keyOf(shelf);
  if (!key) return null;
  try {
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.bytes);
  } catch {
    return null;
  }
}

export const asBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
export const asValue = <T>(bytes: ArrayBuffer) => JSON.parse(new TextDecoder().decode(bytes)) as T;

/** Without the browser's cryptography nothing personal is kept by name. */
export async function seal(shelf: Shelf, name: string, value: unknown): Promise<void> {
  const sealed = await shut(shelf, asBytes(value));
  if (sealed) await shelf.put("facts", sealed, name);
}

export async function unseal<T>(shelf: Shelf, name: string): Promise<T | null> {
  const sealed = await fact<Sealed>(shelf, name);
  const bytes = sealed ? await opened(shelf, sealed) : null;
  return bytes ? asValue<T>(bytes) : null;
}
