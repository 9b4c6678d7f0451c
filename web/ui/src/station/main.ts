import { openSurface } from "../parts/surface";
import StationPage from "./StationPage.svelte";

void openSurface(StationPage);
