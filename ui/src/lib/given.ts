import type { Request } from "./api/client";

/** Lengths that people give, in seconds. */
const USUAL = [15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * 60);
/** So many shorter ones are offered. */
const OFFERED = 3;

/** For how long a request for `asked` seconds may be approved: a few shorter lengths, and that. */
export function lengths(asked: number): number[] {
  return [...USUAL.filter((each) => each < asked).slice(-OFFERED), asked];
}

/** For how long it was given, in seconds: an approver may give less than was asked for. */
export function given(request: Request): number {
  return request.decision?.shorter_seconds ?? request.duration_seconds;
}
