/** Why a run was ended from outside; `exitCode` is the shell's for that signal. */
export class Interrupted extends Error {
  /** What has become of the work, for the message. */
  remains = 'no output and no temporary files are left';

  constructor(readonly exitCode: number) {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
