/** The reason of a run that was interrupted; `exitCode` is the shell's code for the signal. */
export class Interrupted extends Error {
  /** The remaining files of the run, for the message. */
  remains = 'no files of this run remain';

  constructor(readonly exitCode: number) {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
