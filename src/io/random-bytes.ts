/** Unpredictable bytes from the system. */
import { randomBytes as readThroughCrypto } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** Generates the bytes on each system but Windows. */
const DEVICE = '/dev/urandom';

/**
 * Returns as many bytes, which nobody can predict. To load node:crypto takes a twentieth of a small conversion, so it is
 * left to systems without the device.
 */
export function randomBytes(count: number): Buffer {
  return readDevice(count) ?? readThroughCrypto(count);
}

function readDevice(count: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(DEVICE, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(count);
    return readSync(file, bytes) === count ? bytes : undefined;
  } finally {
    closeSync(file);
  }
}
