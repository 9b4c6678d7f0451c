/** Idempotency keys that outlive a lost answer.
 *
 * A deed keeps its key until the server has answered it, also across a reload, so that doing
 * the same thing again after a broken line does it once. After ten minutes a like-looking deed
 * is taken for a new one. */
const SHELF = "liuzhu.keys";
const KEPT_MS = 10 * 60_000;

type Kept = Record<string, { key: string; at: number }>;

function read(): Kept {
  try {
    const kept = JSON.parse(sessionStorage.getItem(SHELF) ?? "{}") as Kept;
    const fresh = Object.entries(kept).filter(([, one]) => Date.now() - one.at < KEPT_MS);
    return Object.fromEntries(fresh);
  } catch {
    return {};
  }
}

function write(kept: Kept): void {
  try {
    sessionStorage.setItem(SHELF, JSON.stringify(kept));
  } catch {
    // A browser that forbids storage loses only the memory across a reload.
  }
}

const deeds: Kept = read();

export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function keyFor(path: string, body: string): string {
  const deed = `${path} ${body}`;
  const kept = deeds[deed];
  if (kept && Date.now() - kept.at < KEPT_MS) return kept.key;
  const key = newId();
  deeds[deed] = { key, at: Date.now() };
  write(deeds);
  return key;
}

export function answered(path: string, body: string): void {
  delete deeds[`${path} ${body}`];
  write(deeds);
}
