/** Why a run was ended from outside; `exitCode` is the shell's for that signal. */
export class Interrupted extends Error {
  /** What has become of the work, for the message. */
  remains = 'nothing is left of this run';

  constructor(readonly exitCode: number) {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
