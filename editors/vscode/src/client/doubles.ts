// Findings that are shown twice. Values alone.

export interface Finding {
  readonly source: string;
  /** All else that tells it from another. */
  readonly what: string;
}

/** How Lastmile's server signs what it finds; Ruff's own extension signs with a capital letter. */
const OURS = new Set(["ruff", "lastmile"]);

/** Beginnings that a fix which is ready leaves as they are: one of two servers may have it ready before the other. */
const READY = " [fix ready: verified, free]";

/** Tells whether two clients of Lastmile's server show the same. */
export function isDoubled(findings: readonly Finding[]): boolean {
  const seen = findings.filter(({ source }) => OURS.has(source)).map(({ what }) => what.replace(READY, ""));
  return new Set(seen).size < seen.length;
}
