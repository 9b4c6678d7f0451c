import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const surfaces = ["index", "station", "courier", "coordinator", "office"];

export default defineConfig({
  base: "/",
  plugins: [svelte()],
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    // Older browsers in government offices, and the WebView inside WeChat.
    target: ["chrome87", "safari14"],
    // The content policy allows no data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: { input: surfaces.map((name) => `${name}.html`) },
  },
  server: { host: "127.0.0.1", proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], css: true },
});
