// Which documents the server works on. Values alone.

/** The schemes of what has a file, or will have one: no page of a difference, no file of another machine. */
export const SCHEMES = ["file", "untitled", "vscode-notebook-cell"];
const LANGUAGES = ["python", "json", "jsonc", "toml", "yaml"];

interface Filter {
  readonly scheme: string;
  readonly language: string;
}

/** All that the server is told of. */
export const SELECTOR: Filter[] = SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language })));

/** Where the status is shown. */
export const PYTHON: Filter[] = SELECTOR.filter(({ language }) => language === "python");

/** Bytes; VS Code tells extensions of no document with more. */
export const MOST_BYTES = 50 * 1024 * 1024;

/** Tells by its name whether a file would be served. */
export function isServed(path: string): boolean {
  return /\.(pyi?|jsonc?|toml|ya?ml)$/i.test(path);
}

/** Tells whether a document is a file, and on no disk of ours; what only shows something is in no folder. */
export function isElsewhere(scheme: string, inFolder: boolean): boolean {
  return inFolder && !SCHEMES.includes(scheme);
}
