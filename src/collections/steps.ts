/**
 * Long work in steps, as a generator: it yields now and then how much is done, from 0 to 1, and returns the result. So
 * the work itself needs no promises, and its caller decides what happens in between.
 */

/** Runs such work to its end and returns its result. Awaits `onStep` after each step, which may throw to end the work. */
export async function runSteps<T>(
  steps: Generator<number, T>,
  onStep: (share: number) => Promise<void>,
): Promise<T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) await onStep(step.value);
  return step.value;
}

/** Passes the steps of a part of some work on as steps of all of it: their shares run from `low` to `high`. */
export function* stepsWithin<T>(
  low: number,
  high: number,
  steps: Generator<number, T>,
): Generator<number, T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) yield low + (high - low) * step.value;
  return step.value;
}
