/** Shortens descriptions of options for shell completion: cuts choices, defaults and additions. */

export function shorten(description: string): string {
  return description.replace(/(?:;| \().*$/s, '');
}
