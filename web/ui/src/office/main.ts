import { openSurface } from "../parts/surface";
import OfficePage from "./OfficePage.svelte";

void openSurface(OfficePage);
