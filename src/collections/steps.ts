/**
 * Long work in steps, as a generator that occasionally yields its progress, from 0 to 1, and returns the result. So the
 * work itself needs no promises, and its caller decides what to do between steps.
 */

/** Runs work in steps to its end and returns its result. Awaits `onStep` after each step; it may throw to end the work. */
export async function runSteps<T>(
  steps: Generator<number, T>,
  onStep: (share: number) => Promise<void>,
): Promise<T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) await onStep(step.value);
  return step.value;
}

/** Passes on the steps of a part of the work as steps of all of it, with progress from `low` to `high`. */
export function* stepsWithin<T>(
  low: number,
  high: number,
  steps: Generator<number, T>,
): Generator<number, T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) yield low + (high - low) * step.value;
  return step.value;
}
