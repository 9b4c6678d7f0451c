import { openSurface } from "../parts/surface";
import KitchenPage from "./KitchenPage.svelte";

void openSurface(KitchenPage);
