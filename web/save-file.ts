/** Saves files: what the page has made, and what the server has exported. */

/** The browser may still be reading a large file for this time, in milliseconds. */
const READING_MS = 60_000;

/** Saves a file under a name that the browser may change. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  saveFrom(url, name);
  setTimeout(() => URL.revokeObjectURL(url), READING_MS);
}

/** Saves what a URL of the page or of the server has. */
export function saveFrom(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** Returns the name of the mesh without its ending, for names of files. */
export function stemOf(name: string): string {
  return name.replace(/\.\w+$/, '');
}
