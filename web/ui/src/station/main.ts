import { keepShell } from "../parts/shell";
import { openSurface } from "../parts/surface";
import { openWithoutServer, rememberMe } from "./kept";
import StationPage from "./StationPage.svelte";

/** The first seconds belong to whoever stands at the counter. */
const SHELL_AFTER_MS = 3_000;

void openSurface(StationPage, { remember: rememberMe, open: openWithoutServer });
keepShell("/station", SHELL_AFTER_MS);
