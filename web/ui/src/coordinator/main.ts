import { openSurface } from "../parts/surface";
import CoordinatorPage from "./CoordinatorPage.svelte";

void openSurface(CoordinatorPage);
