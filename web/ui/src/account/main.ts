import { openSurface } from "../parts/surface";
import AccountPage from "./AccountPage.svelte";

void openSurface(AccountPage);
