/** The interface of outputs that take bytes and become final. Types only. */

export interface OutputFile {
  /** Bytes written so far; for a compressed output, after compression. */
  readonly size: number;
  /**
   * Writes all of `bytes`; the buffer is free again when the promise resolves. `table` is what they belong to, for an
   * output of several files.
   */
  write(bytes: Uint8Array, table?: string): Promise<void>;
  /**
   * Makes the output final. Throws FileError; if the name was taken, the message says where the output is.
   */
  commit(): Promise<void>;
  /** Removes a file that was not committed. Harmless after commit. */
  discard(): Promise<void>;
}
