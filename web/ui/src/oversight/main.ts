import { openSurface } from "../parts/surface";
import OversightPage from "./OversightPage.svelte";

void openSurface(OversightPage);
