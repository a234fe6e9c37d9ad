import { Unreachable } from "../bridge/types";
import { localised } from "../time";
import { Refused } from "./client";

/** What people read when something did not work: what happened, why, what to do next. */
export interface Trouble {
  what: string;
  why: string;
  next?: string;
  /** What the backend calls it, for a report. */
  code?: string;
}

/** Words for an error. `undone` says what did not happen: "Nothing was requested." */
export function troubleOf(error: unknown, undone: string): Trouble {
  if (error instanceof Refused) {
    const { code, detail, next, title } = error.problem;
    const why = localised(sentence(detail));
    return { what: `${title}.`, why, code, ...(next ? { next: sentence(next) } : {}) };
  }
  if (error instanceof Unreachable) {
    return {
      what: "Bellhop's backend did not answer.",
      why: undone,
      next: "Try again; `bellhop doctor` says what is wrong.",
    };
  }
  // A mistake of ours. Said, and left to the console as well.
  reportError(error);
  return { what: "This page made a mistake.", why: `${undone} ${String(error)}` };
}

/** Begins with a capital, and ends with a stop. */
export function sentence(text: string): string {
  const whole = text.trim();
  const first = /^[a-z][a-z]* /.test(whole)
    ? whole.charAt(0).toUpperCase() + whole.slice(1)
    : whole;
  return /[.!?:…]$|\n/.test(first) ? first : `${first}.`;
}
