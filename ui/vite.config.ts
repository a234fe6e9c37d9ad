import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin, ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

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

/**
 * While the pages are worked on, vite serves them, and hands the calls on to a backend's loopback
 * port, which answers calls to its own address and from pages of its own only.
 */
function proxy(address: string): Record<string, ProxyOptions> {
  return {
    "/api": {
      target: address,
      changeOrigin: true,
      configure(calls) {
        calls.on("proxyReq", (call) => call.removeHeader("origin"));
        // A stream of changes has begun before its first change.
        calls.on("proxyRes", (_answer, _call, out) => setImmediate(() => out.flushHeaders()));
      },
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
      {
        test: {
          name: "bench",
          include: ["tests/bench/**/*.test.ts"],
          environment: "node",
          globalSetup: ["tests/pages/stage.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
