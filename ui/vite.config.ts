import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { proxy } from "./proxy.ts";

const FONTS = ["besley", "atkinson-hyperlegible-next", "jetbrains-mono"];

/** The fonts' licence wants to go wherever they go. */
function licences(): Plugin {
  return {
    name: "font-licences",
    apply: "build",
    generateBundle() {
      const texts = FONTS.map((font) =>
        readFileSync(`node_modules/@fontsource-variable/${font}/LICENSE`, "utf8"),
      );
      this.emitFile({ type: "asset", fileName: "font-licences.txt", source: texts.join("\n\n") });
    },
  };
}

const address = process.env["BELLHOP_LOOPBACK"];

export default defineConfig({
  base: "./",
  plugins: [svelte(), licences()],
  build: {
    target: "es2022",
    // Pages have a strict content security policy: nothing is inlined as data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "palette.html"] },
  },
  server: { port: 5173, strictPort: true, ...(address ? { proxy: proxy(address) } : {}) },
  test: {
    projects: [
      {
        extends: true,
        // Without it the tests would get Svelte as it is on a server, where nothing changes.
        resolve: { conditions: ["browser"] },
        test: { name: "unit", include: ["src/**/*.test.ts"], environment: "./tests/client.ts" },
      },
      {
        test: {
          name: "pages",
          include: ["tests/pages/**/*.test.ts"],
          environment: "node",
          globalSetup: ["tests/pages/stage.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
