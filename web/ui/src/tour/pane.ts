/** Inside a pane of the demo's tour: presses what the tour's page says, as a visitor would.
 *
 * The server puts this into a page only under a pane's name, and only while the tour is on;
 * it listens to nobody but the tour's page. */
import { part, TOUR_ORIGIN, type Asked, type Move, type Told } from "./moves";

const PATIENCE_MS = 25_000;
const LOOK_MS = 80;
const POINT_MS = 550;
const BETWEEN_MS = 350;
const wait = (ms: number) => new Promise((go) => setTimeout(go, ms));

const isShown = (one: Element) => one.getClientRects().length > 0 && !(one as HTMLButtonElement).disabled;

function seek(what: string, has: string | string[] = [], inside?: string): HTMLElement | null {
  const words = [has].flat();
  for (const one of document.querySelectorAll<HTMLElement>(what)) {
    if (words.length && !words.some((word) => one.textContent?.includes(word))) continue;
    const found = inside ? one.querySelector<HTMLElement>(inside) : one;
    if (found && isShown(found)) return found;
  }
  return null;
}

async function find(what: string, has?: string | string[], inside?: string): Promise<HTMLElement> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const found = seek(what, has, inside);
    if (found) return found;
    await wait(LOOK_MS);
  }
  throw new Error(`${what} ${[has ?? ""].flat().join("|")}`);
}

/** Point at it first, so that whoever looks on sees where. */
async function point(one: HTMLElement): Promise<void> {
  one.scrollIntoView({ block: "center", inline: "nearest" });
  one.style.outline = "4px solid #b3261e";
  one.style.outlineOffset = "2px";
  await wait(POINT_MS);
}

function unpoint(one: HTMLElement): void {
  one.style.outline = "";
  one.style.outlineOffset = "";
}

async function press(one: HTMLElement, times = 1): Promise<void> {
  await point(one);
  for (let n = 0; n < times; n += 1) {
    if (n) await wait(BETWEEN_MS);
    one.click();
  }
  unpoint(one);
  await wait(BETWEEN_MS);
}

async function type(one: HTMLElement, text: string): Promise<void> {
  await point(one);
  const box = one as HTMLInputElement;
  box.focus();
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  unpoint(one);
  await wait(BETWEEN_MS);
}

/** At each kitchen of the round: all boxes are here, go on. */
async function load(): Promise<void> {
  await find(`${part("load-check")}, ${part("stop")}`);
  while (seek(part("load-check"))) {
    const all = seek(part("load-all"));
    if (all) await press(all);
    const go = await find(part("load-go"));
    await press(go, 2);
    await wait(BETWEEN_MS);
  }
}

/** A lift, a cellar: nothing leaves this phone, and nothing comes in. */
const reach = window.fetch.bind(window);
function turnLine(open: boolean): void {
  window.fetch = open ? reach : () => Promise.reject(new TypeError("no line"));
  dispatchEvent(new Event(open ? "online" : "offline"));
}

async function carryOut(move: Move): Promise<void> {
  if (move.do === "line") turnLine(move.open);
  else if (move.do === "load") await load();
  else if (move.do === "key") (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key: move.key, bubbles: true }));
  else {
    const one = await find(move.what, move.has, move.inside);
    if (move.do === "press") await press(one, move.times);
    else if (move.do === "type") await type(one, move.text);
    else {
      await point(one);
      setTimeout(() => unpoint(one), 6000);
    }
  }
}

function tell(told: Told): void {
  parent.postMessage(told, TOUR_ORIGIN);
}

addEventListener("message", (event: MessageEvent<Asked>) => {
  if (event.origin !== TOUR_ORIGIN || event.source !== parent || event.data?.liuzhu !== "move") return;
  const { id, move } = event.data;
  carryOut(move).then(
    () => tell({ liuzhu: "done", id }),
    (reason: unknown) => tell({ liuzhu: "done", id, failed: String(reason) }),
  );
});
if (parent !== window) tell({ liuzhu: "ready" });
