import type { IconName } from "../components/icons";
import type { Route } from "./router.svelte";

export interface Place {
  name: string;
  to: string;
  icon: IconName;
  /** With Ctrl it leads there. */
  digit: string;
  /** The pages that are part of it. */
  of: Route["page"][];
}

/** What the sidebar leads to, from top to bottom. */
export const places: readonly Place[] = [
  { name: "Access", to: "#/access", icon: "key", digit: "1", of: ["access", "request"] },
  { name: "Approvals", to: "#/approvals", icon: "check-circle", digit: "2", of: ["approvals"] },
  {
    name: "Integrations",
    to: "#/integrations",
    icon: "integrations",
    digit: "3",
    of: ["integrations", "integration", "connect"],
  },
  { name: "Flows", to: "#/flows", icon: "flow", digit: "4", of: ["flows"] },
  { name: "Contexts", to: "#/contexts", icon: "hop", digit: "5", of: ["contexts"] },
  { name: "Activity", to: "#/activity", icon: "activity", digit: "6", of: ["activity"] },
  { name: "Settings", to: "#/settings", icon: "sliders", digit: "7", of: ["settings"] },
];
