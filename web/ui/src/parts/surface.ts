/** Opens a surface: who is it, then the page; nobody signed in goes to the sign-in page. */
import { mount, type Component } from "svelte";
import "../styles/base.css";
import { clock } from "../time/clock.svelte";
import { asRefused } from "../wire/refused";
import { session } from "../wire/session.svelte";
import type { Me } from "../wire/types";
import { speech } from "../words/words.svelte";
import Unreachable from "./Unreachable.svelte";

const OWN_ACCOUNT = "/account";

interface Away { remember: (me: Me) => Promise<void>; open: () => Promise<boolean> }

/** `away`: what a surface keeps of who sits here, and how it opens while the server is away. */
export async function openSurface(page: Component, away?: Away): Promise<void> {
  const target = document.getElementById("app");
  if (!target) return;
  speech.speak(speech.language);
  try {
    const me = await session.open();
    // A password of one's own, an app: until these are chosen nothing else is open.
    if (me.home === OWN_ACCOUNT && location.pathname !== OWN_ACCOUNT) return location.assign(OWN_ACCOUNT);
    void away?.remember(me).catch(() => undefined);
  } catch (reason) {
    const refused = asRefused(reason);
    const silent = refused.status === 0 || refused.status >= 500;
    const opened = silent && (await away?.open().catch(() => false));
    if (!opened) {
      if (refused.status !== 401) mount(Unreachable, { target, props: { refused } });
      return;
    }
  }
  clock.run();
  mount(page, { target });
}
