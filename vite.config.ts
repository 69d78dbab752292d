import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium } from "./scripts/lib/chromium.mjs";
import { leanSdk } from "./scripts/lib/leanSdk.ts";
import { precompress } from "./scripts/lib/precompress.ts";
import { pruneTokensPlugin } from "./scripts/lib/pruneTokens.ts";

const chromium = findChromium();

export default defineConfig(({ command }) => ({
  plugins: [react(), leanSdk(), precompress()],
  resolve: { tsconfigPaths: true },
  // The development server would have to watch every file for a token named anew.
  css: command === "build" ? { postcss: { plugins: [pruneTokensPlugin("src")] } } : {},
  build: {
    target: "es2023",
    sourcemap: false,
    // Inlined data: URLs would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // `npm run budget` says it, and means it.
    reportCompressedSize: false,
    // All of it is smaller than the rest would be in pieces, and the order of its rules is one.
    cssCodeSplit: false,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      output: {
        // What the first page needs comes in one piece: it compresses better than a dozen.
        codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] },
      },
    },
  },
  worker: { format: "es" },
  server: { host: "127.0.0.1" },
  test: {
    // What a library says while a test passes is of no use to who reads the run.
    silent: "passed-only",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "node",
          // Properties over many inputs take a while where the machine is shared.
          testTimeout: 60_000,
          include: [
            "src/**/*.test.{ts,tsx}",
            "scripts/**/*.test.{mjs,ts}",
            "bench/**/*.test.ts",
            "e2e/support/**/*.test.ts",
          ],
          exclude: ["src/**/*.browser.test.{ts,tsx}", "src/**/*.integration.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          environment: "node",
          include: ["src/**/*.integration.test.ts"],
          globalSetup: "scripts/lib/integrationSynapse.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: "firefox",
          environment: "node",
          include: ["e2e/firefox/*.test.ts"],
          globalSetup: ["scripts/lib/integrationSynapse.ts", "e2e/firefox/servePreview.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        optimizeDeps: {
          exclude: ["@matrix-org/matrix-sdk-crypto-wasm"],
          // Found only while tests run, they would make a cold run reload in the middle.
          include: [
            "matrix-js-sdk",
            "matrix-js-sdk/lib/base64",
            "matrix-js-sdk/lib/crypto-api",
            "matrix-js-sdk/lib/crypto-api/recovery-key",
            "matrix-js-sdk/lib/errors",
            "matrix-js-sdk/lib/logger",
            "matrix-js-sdk/lib/models/room-sticky-events",
            "matrix-js-sdk/lib/randomstring",
            "matrix-js-sdk/lib/rust-crypto/backup",
            "matrix-js-sdk/lib/secret-storage",
            "matrix-js-sdk/lib/utils/decryptAESSecretStorageItem",
            "matrix-js-sdk/lib/utils/encryptAESSecretStorageItem",
            "react-dom/client",
            "valibot",
          ],
        },
        test: {
          name: "browser",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ["src/**/*.browser.test.{ts,tsx}"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(chromium === null ? {} : { executablePath: chromium }),
                args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
}));
