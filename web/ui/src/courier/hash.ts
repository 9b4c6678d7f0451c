/** The chain that ties each event to the one before it. */
import type { FieldEvent } from "../wire/round";

/** What is hashed: one field a line, in this order, as the server does it. */
export function chainText(event: FieldEvent, device: string): string {
  return [
    event.id, device, event.boot_id, event.seq, event.wall_ms, event.mono_ms, event.prev_hash, event.kind,
    event.stop_id ?? "", event.order_id ?? "", event.photo_sha256.join(","),
  ].join("\n");
}

/** SHA-256 in hex. Browsers offer it only on https and on the machine itself; elsewhere "". */
export async function sha256(text: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
