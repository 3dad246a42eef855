/** Saves what the page has made as a file of the user. */

/** Saves a file under a name that the browser may change. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Returns the name of the mesh without its ending, for names of files. */
export function stemOf(name: string): string {
  return name.replace(/\.\w+$/, '');
}
