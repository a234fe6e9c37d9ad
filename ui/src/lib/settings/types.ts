/** The settings of this machine, as the app keeps them. */
export interface Settings {
  notice_granted: boolean;
  notice_ending: boolean;
  notice_asked: boolean;
  notice_reasons: boolean;
  shortcut: string;
  single_keys: boolean;
  hop_when_granted: boolean;
  hop_back: boolean;
  theme: "system" | "light" | "dark";
  rows: "standard" | "roomy";
  clock: "system" | "24" | "12";
}

/** What a page can change; whether the app starts at login is the desktop's to know. */
export interface Changes extends Settings {
  start_at_login: boolean;
}

/** The settings, and what there is to say about them. */
export interface Shown extends Settings {
  /** Null where this desktop has no place for that. */
  start_at_login: boolean | null;
  /** How the time of day is written, whoever said so. */
  twelve_hours: boolean;
  /** The combination that opens the palette now; null where the desktop gave none. */
  shortcut_held: string | null;
  /** Why the settings do not read, and the usual ones hold. */
  trouble: string | null;
  about: About;
}

/** An installation. */
export interface About {
  version: string;
  api: number;
  configuration: string;
  data: string;
}

/** Where the settings of this machine are kept. What is refused is thrown as an `Error` that says why. */
export interface Keeper {
  read(): Promise<Shown>;
  change(wanted: Partial<Changes>): Promise<Shown>;
  /** Tells when somebody changed one, until the function that it returns is called. */
  follow(changed: () => void): () => void;
}
