/** A writer of soup for tests: nine numbers a line, which offload reads as raw triangles. No counts come first. */
export const writer = {
  id: 'toy-soup',
  name: 'raw triangles for tests',
  title: 'toy soup',
  extensions: ['tri'],
  layout: () => 'soup',
  options: {},
  bytesPerTriangle: { plain: 120, compressed: 60 },
  check: () => undefined,
  isBinary: () => false,
  expectBytes: () => undefined,

  *write(selection) {
    let rows = 0;
    for (const { count, positions } of selection.soup()) {
      const lines = Array.from(
        { length: count },
        (_, k) => `${positions.slice(9 * k, 9 * k + 9).join(' ')}\n`,
      );
      rows += count;
      yield { bytes: Buffer.from(lines.join('')), rows };
    }
  },
};
