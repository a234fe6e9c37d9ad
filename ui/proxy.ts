import type { ProxyOptions } from "vite";

/**
 * While the pages are worked on and tested, vite serves them, and hands the calls on to a backend's
 * loopback port, which answers calls to its own address and from pages of its own only.
 */
export function proxy(address: string): Record<string, ProxyOptions> {
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
