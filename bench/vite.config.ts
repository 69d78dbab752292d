import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The page of the benchmark, built as the app is (vite.config.ts at the top). */
export default defineConfig({
  root: fileURLToPath(new URL("page", import.meta.url)),
  resolve: {
    alias: { "@": fileURLToPath(new URL("../src", import.meta.url)) },
  },
  build: {
    outDir: fileURLToPath(new URL(".cache/dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000,
  },
  worker: { format: "es" },
});
