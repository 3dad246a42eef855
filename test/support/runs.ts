/** How often a random test runs; vitest.config.ts lists its file for the slow tests. */

/** Returns `few` by default, and `many` with `npm run test:slow`. */
export function runs(few: number, many: number): number {
  return process.env.TEST_MODE === 'slow' ? many : few;
}
