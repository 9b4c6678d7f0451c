/** Today's stops stay readable offline, but only with a key that cannot leave this browser. */
import { fact, type Shelf } from "./shelf";

interface Sealed { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer }

async function keyOf(shelf: Shelf): Promise<CryptoKey | null> {
  if (!globalThis.crypto?.subtle) return null;
  const kept = await fact<CryptoKey>(shelf, "key");
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await shelf.put("facts", made, "key");
  return made;
}

/** Without the browser's cryptography (plain http in a LAN) nothing personal is kept at all. */
export async function seal(shelf: Shelf, name: string, value: unknown): Promise<void> {
  const key = await keyOf(shelf);
  if (!key) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value)));
  await shelf.put("facts", { iv, bytes } satisfies Sealed, name);
}

export async function unseal<T>(shelf: Shelf, name: string): Promise<T | null> {
  const [key, sealed] = [await keyOf(shelf), await fact<Sealed>(shelf, name)];
  if (!key || !sealed) return null;
  try {
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.bytes);
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch {
    return null;
  }
}
