/** Recognizes the JSON of glTF by its beginning. */

/** Whether a source begins like a JSON object with an `asset`, which each glTF file has, wherever in it. */
export function isTextGltf(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*\{\s*"/.test(text) && /"asset"\s*:/.test(text);
}
