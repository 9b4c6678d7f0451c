/** Opens a surface: who is it, then the page; nobody signed in goes to the sign-in page. */
import { mount, type Component } from "svelte";
import "../styles/base.css";
import { clock } from "../time/clock.svelte";
import { asRefused } from "../wire/refused";
import { session } from "../wire/session.svelte";
import { speech } from "../words/words.svelte";
import Unreachable from "./Unreachable.svelte";

export async function openSurface(page: Component): Promise<void> {
  const target = document.getElementById("app");
  if (!target) return;
  speech.speak(speech.language);
  try {
    await session.open();
  } catch (reason) {
    const refused = asRefused(reason);
    if (refused.status !== 401) mount(Unreachable, { target, props: { refused } });
    return;
  }
  clock.run();
  mount(page, { target });
}
