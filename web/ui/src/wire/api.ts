/** The one door to the server. */
import { answered, keyFor } from "./keys";
import { Refused } from "./refused";
import type { Me } from "./types";

let csrf = "";
let touchedAt = Date.now();
let toldAt = Date.now();
const TELLS_MS = 5 * 60_000;
const LATELY_SECONDS = 60;
// A page that reads anew by itself is not somebody who is there; who only reads or writes is.
function touched(): void {
  touchedAt = Date.now();
  if (csrf && touchedAt - toldAt > TELLS_MS) void get("/api/me").catch(() => undefined);
}
for (const touch of ["pointerdown", "keydown", "wheel", "touchstart"])
  globalThis.addEventListener?.(touch, touched, { passive: true, capture: true });
let signedOut: () => void = () => location.assign("/");
let takenAway: () => void = () => signedOut();

export function useSession(me: Pick<Me, "csrf">): void {
  csrf = me.csrf;
}

/** What to do when the server no longer knows us; the courier page keeps its queue instead. */
export function whenSignedOut(what: () => void): void {
  signedOut = what;
}

/** What to do when the server no longer lets us in: a pass that was ended, a closed account. */
export function whenTakenAway(what: () => void): void {
  takenAway = what;
}

type Values = Record<string, string | number | boolean | null | undefined>;

export function withQuery(path: string, values: Values = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export async function get<T>(path: string, values?: Values): Promise<T> {
  return (await ask("GET", withQuery(path, values))) as T;
}

/**
 * One try, and no longer than so many milliseconds: for what is kept here and sent again anyway,
 * with the key that it was kept under, perhaps days ago.
 */
export async function postOnce<T>(path: string, body: unknown, patienceMs: number, key?: string): Promise<T> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), patienceMs);
  try {
    return (await ask("POST", path, JSON.stringify(body), key, over.signal)) as T;
  } finally {
    clearTimeout(timer);
  }
}

/** An unsafe request. A broken line or a busy server is tried again, with the same key. */
export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const text = JSON.stringify(body);
  const key = keyFor(path, text);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = (await ask("POST", path, text, key)) as T;
      answered(path, text);
      return answer;
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      if (reason.saved === "no") answered(path, text);
      if (reason.saved === "no" || attempt === 2) throw reason;
      await new Promise((go) => setTimeout(go, 600 * 3 ** attempt));
    }
  }
}

/** What is so from now on; sent again it changes nothing. */
export async function put<T>(path: string, body: unknown): Promise<T> {
  return (await ask("PUT", path, JSON.stringify(body))) as T;
}

/** A file that is made for whoever asks, such as a PDF to print. */
export async function file(path: string, body: object = {}): Promise<Blob> {
  const answer = await reach("POST", path, JSON.stringify(body));
  if (answer.ok) return answer.blob();
  throw refusal(answer.status, await answer.json().catch(() => null), true);
}

/** A whole file, sent as it is; the server looks it through. */
export async function upload<T>(path: string, values: Values, sent: Blob): Promise<T> {
  return (await ask("POST", withQuery(path, values), sent)) as T;
}

/** A file made on demand, with the name that the server gives it. */
export async function namedFile(path: string, body: unknown): Promise<{ name: string; content: Blob }> {
  const answer = await reach("POST", path, body instanceof Blob ? body : JSON.stringify(body));
  if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => null), true);
  const told = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  return { name: decodeURIComponent(told?.[1] ?? "export.xlsx"), content: await answer.blob() };
}

async function ask(method: string, path: string, body?: string | Blob, key?: string, over?: AbortSignal): Promise<unknown> {
  const answer = await reach(method, path, body, key, over);
  if (answer.status === 204) return null;
  const read: unknown = await answer.json().catch(() => null);
  if (answer.ok) return read;
  throw refusal(answer.status, read, method !== "GET");
}

async function reach(method: string, path: string, body?: string | Blob, key?: string, over?: AbortSignal): Promise<Response> {
  const unsafe = method !== "GET";
  const untouched = Math.max(0, Math.floor((Date.now() - touchedAt) / 1000));
  if (untouched <= LATELY_SECONDS) toldAt = Date.now();
  const headers: Record<string, string> = { Accept: "application/json", "X-Untouched-Seconds": String(untouched) };
  if (unsafe) Object.assign(headers, { "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json", "X-CSRF": csrf });
  if (key) headers["Idempotency-Key"] = key;
  try {
    return await fetch(path, { method, headers, body: body ?? null, credentials: "same-origin", signal: over ?? null });
  } catch {
    throw new Refused(0, "offline", "", unsafe ? "unknown" : "nothing_to_save");
  }
}

function refusal(status: number, read: unknown, unsafe: boolean): Refused {
  const said = (read ?? {}) as { error?: string; detail?: string; reference?: string };
  // From 500 on, nobody knows whether the deed was committed before the answer was lost.
  const saved = !unsafe ? "nothing_to_save" : status >= 500 ? "unknown" : "no";
  if (status === 401 && said.error === "not_signed_in") signedOut();
  if (status === 401 && said.error === "access_is_over") takenAway();
  const detail = typeof said.detail === "string" ? said.detail : "";
  return new Refused(status, said.error ?? String(status), detail, saved, said.reference ?? null);
}
