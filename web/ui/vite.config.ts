import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const surfaces = ["index", "station", "courier", "coordinator", "office", "kitchen", "calls", "oversight", "account", "tour"];

// Scripts that the server names by itself keep their names.
const NAMED = new Set(["aloud", "tourpane"]);

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
    rolldownOptions: {
      input: { ...Object.fromEntries(surfaces.map((name) => [name, `${name}.html`])), pages: "src/styles/pages.css", aloud: "src/elder/aloud.ts", tourpane: "src/tour/pane.ts" },
      // What the pages without a script name by itself has a name that stays.
      output: {
        entryFileNames: (chunk) => (NAMED.has(chunk.name) ? `${chunk.name}.js` : "assets/[name]-[hash].js"),
        assetFileNames: (asset) => (asset.names.includes("pages.css") ? "pages.css" : "assets/[name]-[hash][extname]"),
      },
    },
  },
  server: { host: "127.0.0.1", proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], css: true, isolate: false, unstubGlobals: true },
});
