// The reports that the server writes, as a preview can show them. Values alone.

import { dirname, isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";

const LINKS = "\n## Where to look\n";

/** Tells whether a file is a report of the server's. */
export function isReport(path: string): boolean {
  return /\/lastmile-reports-[^/]+\/[^/]+\.md$/.test(path);
}

/** Writes a report's links to files as ways from its folder: a preview opens no other. */
export function linked(text: string, path: string): string {
  const at = text.lastIndexOf(LINKS);
  if (at < 0) {
    return text;
  }
  const links = text.slice(at).replace(/\]\((file:[^\s)]+?)(#L\d+)?\)/g, (whole, address: string, line = "") => {
    const way = relative(dirname(path), fileURLToPath(address));
    return isAbsolute(way) ? whole : `](${escaped(way)}${String(line)})`; // on Windows it may lie on another disk
  });
  return text.slice(0, at) + links;
}

function escaped(way: string): string {
  const parts = way.split(/[\\/]/).map((part) => encodeURIComponent(part).replace(/[()]/g, (one) => (one === "(" ? "%28" : "%29")));
  return parts.join("/");
}
