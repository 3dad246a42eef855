/** Descriptions of options as a shell has room for them: without choices, defaults and what is said in addition. */

export function shorten(description: string): string {
  return description.replace(/(?:;| \().*$/s, '');
}
