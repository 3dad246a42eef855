/** Recognizes 3MF by the names of files at the beginning of a zip archive. */

/** Whether a source begins like a zip archive that has a 3D model. */
export function isThreeMf(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return text.startsWith('PK\x03\x04') && /3D\/[ -~\x80-\xff]{0,200}\.model/i.test(text);
}
