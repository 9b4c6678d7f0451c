import { openSurface } from "../parts/surface";
import CallsPage from "./CallsPage.svelte";

void openSurface(CallsPage);
