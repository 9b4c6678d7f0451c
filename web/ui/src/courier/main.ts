import { mount } from "svelte";
import "../styles/base.css";
import { clock } from "../time/clock.svelte";
import { speech } from "../words/words.svelte";
import CourierPage from "./CourierPage.svelte";
import { work } from "./work.svelte";

const target = document.getElementById("app");
speech.speak(speech.language);
clock.run();
if (target) mount(CourierPage, { target });
void work.open();

// The shell opens again without a network; a browser without service workers only loses that.
if ("serviceWorker" in navigator && import.meta.env.PROD)
  navigator.serviceWorker.register("/sw.js", { scope: "/courier" }).catch(() => undefined);
if (navigator.storage?.persist) void navigator.storage.persist();
