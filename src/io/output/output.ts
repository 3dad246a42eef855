/** An output that takes bytes and becomes final, whatever stands behind it. Types only. */

export interface OutputFile {
  /** Bytes written so far: of a compressed output, those that come out. */
  readonly size: number;
  /** Takes all of `bytes`; the buffer may be used again when the promise is kept. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the output final. Throws FileError; if the name was taken meanwhile, the message says where the output is. */
  commit(): Promise<void>;
  /** Leaves no trace of a file that was not committed. Harmless after commit. */
  discard(): Promise<void>;
}
