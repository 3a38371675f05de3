// An environment that is being made, or was left half made: it is marked beside its folder, so that nobody runs it.

import { open, readFile, rm, stat } from "node:fs/promises";

/** Milliseconds after which whoever made it is gone: its number may be another program's by then. */
const LONGEST = 3_600_000;

/** Tells whether an environment is half made. */
export async function isHalf(own: string): Promise<boolean> {
  return stat(markOf(own)).then(() => true, () => false);
}

/** Marks an environment as half made; gives nothing where another window is making it. The mark of one that is gone is taken over. */
export async function begin(own: string): Promise<(() => Promise<void>) | undefined> {
  const mark = markOf(own);
  if (await isHeld(mark)) {
    return undefined;
  }
  await rm(mark, { force: true });
  try {
    const made = await open(mark, "wx");
    await made.writeFile(String(process.pid));
    await made.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return undefined; // another window was quicker
    }
    throw error;
  }
  return () => rm(mark, { force: true });
}

async function isHeld(mark: string): Promise<boolean> {
  const [found, pid] = await Promise.all([stat(mark).catch(() => undefined), readFile(mark, "utf8").catch(() => "")]);
  return found !== undefined && Date.now() - found.mtimeMs < LONGEST && (pid === "" || runs(Number(pid)));
}

function markOf(own: string): string {
  return `${own}.half`;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
