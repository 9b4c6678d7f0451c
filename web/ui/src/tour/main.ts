import { mount } from "svelte";
import "../styles/base.css";
import TourPage from "./TourPage.svelte";

const target = document.getElementById("app");
if (target) mount(TourPage, { target });
