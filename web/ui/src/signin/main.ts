import { mount } from "svelte";
import "../styles/base.css";
import { whenSignedOut } from "../wire/api";
import { speech } from "../words/words.svelte";
import SignIn from "./SignIn.svelte";

const target = document.getElementById("app");
whenSignedOut(() => undefined);
speech.speak(speech.language);
if (target) mount(SignIn, { target });
