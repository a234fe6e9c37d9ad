import "./styles/tokens.css";
import "./styles/fonts.css";
import "./styles/base.css";
import { mount, type Component } from "svelte";
import { bridge } from "./lib/bridge";
import { Session } from "./lib/session.svelte";

/** Puts a page's one component into it. */
export function boot(Page: Component<{ session: Session }>): void {
  const session = new Session(bridge(), document);
  const place = document.getElementById("page");
  if (!place) throw new Error("the page has no place for itself");
  mount(Page, { target: place, props: { session } });
  session.start();
}
