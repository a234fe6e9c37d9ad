import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";
import { inTheApp, onThisMachine } from "../machine/app";
import type { Keeper, Shown } from "../settings/types";
import { Unreachable, type Answer, type Bridge, type Change, type Connection } from "./types";

/** The bridge in a window of the app. */
export function tauri(): Bridge {
  return {
    async call(method, path, body, key) {
      try {
        return await invoke<Answer>("api", { method, path, body: body ?? null, key: key ?? null });
      } catch (why) {
        throw new Unreachable(typeof why === "string" ? why : "The app did not answer.");
      }
    },
    subscribe(onChange, onState) {
      const listening = [
        listen<Change>("change", (event) => onChange(event.payload)),
        listen<Connection>("connection", (event) => onState(event.payload)),
      ];
      const failed = () => onState({ state: "offline", why: "The app tells of no changes." });
      listening.forEach((each) => each.catch(failed));
      return () => {
        const stop = (unlisten: UnlistenFn) => unlisten();
        // One that never began has been told as offline above.
        listening.forEach((each) => each.then(stop, () => undefined));
      };
    },
    machine: inTheApp((command, given) => invoke(command, given)),
    settings: settings(),
    async exportLog(format) {
      try {
        return await invoke<string>("export_log", { format });
      } catch (why) {
        throw onThisMachine(typeof why === "string" ? why : "The app did not answer.");
      }
    },
    async trySample() {
      try {
        await invoke("try_sample");
      } catch (why) {
        throw onThisMachine(typeof why === "string" ? why : "The app did not answer.");
      }
    },
    close() {
      void invoke("close_window");
    },
  };
}

function settings(): Keeper {
  async function asked(command: string, given: Record<string, unknown> = {}): Promise<Shown> {
    try {
      return await invoke<Shown>(command, given);
    } catch (why) {
      throw new Error(typeof why === "string" ? why : "The app did not answer.", { cause: why });
    }
  }
  return {
    read: () => asked("settings"),
    change: (wanted) => asked("change_settings", { wanted }),
    follow(changed) {
      const listening = listen("settings", changed);
      // Without it a page shows what it was told itself, until it is opened anew.
      return () =>
        void listening.then(
          (unlisten) => unlisten(),
          () => undefined,
        );
    },
  };
}
