// Compares the server's version with the least that this extension works with.

/** The oldest server that has the commands which this extension calls. */
export const LEAST = "0.1.0";

/** Tells whether a version is older than another; one that cannot be read is. */
export function isOlder(version: string | undefined, least: string): boolean {
  const [own, other] = [numbers(version ?? ""), numbers(least)];
  if (own === undefined || other === undefined) {
    return true;
  }
  for (const [at, part] of other.entries()) {
    const mine = own[at] ?? 0;
    if (mine !== part) {
      return mine < part;
    }
  }
  return false;
}

function numbers(version: string): number[] | undefined {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return found?.slice(1).map((part) => Number(part));
}
