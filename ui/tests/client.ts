import type { Environment } from "vitest/runtime";

/** Modules as a browser gets them, without a page around. */
const client: Environment = {
  name: "client",
  viteEnvironment: "client",
  setup: () => ({ teardown: () => undefined }),
};
export default client;
