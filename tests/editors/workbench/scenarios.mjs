// What is done in a workbench, test by test. Each gives what it saw; what is right is the test's to say.

export const scenarios = {
  /** Opens a file, waits for its squiggle, fixes it by the lightbulb, and saves. */
  async fix(bench, { folder, file, squiggle, at, title, becomes }, { address }) {
    await bench.open(address, folder);
    await bench.file(file);
    await bench.squiggle(squiggle);
    await bench.go(...at);
    const shown = await bench.lightbulb();
    await bench.shot("lightbulb");
    await bench.choose(title);
    await bench.shows(becomes);
    await bench.saved();
    await bench.shot("fixed");
    return { shown, messages: await bench.messages() };
  },
};
