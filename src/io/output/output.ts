/** The interface of outputs that take bytes and become final. Types only. */

/** A place in a file that is open in this process, for another thread to write to. */
export interface FilePlace {
  /** The name of the file in messages. */
  readonly path: string;
  readonly descriptor: number;
  readonly position: number;
}

export interface OutputFile {
  /** Bytes written so far; for a compressed output, after compression. */
  readonly size: number;
  /**
   * Writes all of `bytes`; the buffer is free again when the promise resolves. `table` is what they belong to, for an
   * output of several files.
   */
  write(bytes: Uint8Array, table?: string): Promise<void>;
  /**
   * Appends `length` bytes that another thread writes; returns their place. The caller waits for that before it commits or
   * discards the output. Absent if bytes can only be written in order, or not as they are.
   */
  reserve?(length: number): FilePlace;
  /**
   * Makes the output final. Throws FileError; if the name was taken, the message says where the output is.
   */
  commit(): Promise<void>;
  /** Removes a file that was not committed. Harmless after commit. */
  discard(): Promise<void>;
}
