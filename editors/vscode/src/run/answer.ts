// Whether a server that was started answers.

/** Waits for a start, as long as the patience lasts; it may still come after that. */
export async function answered(starting: Promise<void>, patience: number): Promise<"running" | "failed" | "silent"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => { resolve("silent"); }, patience);
  });
  const done = starting.then(() => "running" as const, () => "failed" as const);
  const answer = await Promise.race([done, late]);
  clearTimeout(timer);
  return answer;
}
