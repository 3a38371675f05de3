// The reports and pages that the server writes, as the editor can show them. Values alone.

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

/** Gives a page the theme of the editor that shows it, which need not be the system's. */
export function themed(page: string, isDark: boolean): string {
  const [media, scheme] = isDark ? ["all", "dark"] : ["not all", "light"];
  return page.replaceAll("(prefers-color-scheme: dark)", media).replaceAll("color-scheme: light dark", `color-scheme: ${scheme}`);
}

function escaped(way: string): string {
  const parts = way.split(/[\\/]/).map((part) => encodeURIComponent(part).replace(/[()]/g, (one) => (one === "(" ? "%28" : "%29")));
  return parts.join("/");
}
