import { mount } from "svelte";
import "../styles/base.css";
import { keepShell } from "../parts/shell";
import { clock } from "../time/clock.svelte";
import { speech } from "../words/words.svelte";
import CourierPage from "./CourierPage.svelte";
import { work } from "./work.svelte";

const target = document.getElementById("app");
speech.speak(speech.language);
clock.run();
if (target) mount(CourierPage, { target });
void work.open();

keepShell("/courier");
if (navigator.storage?.persist) void navigator.storage.persist();
