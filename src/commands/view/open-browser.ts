/** Opens a URL in the browser of the system, if there is one. */
import { spawn } from 'node:child_process';

/** The program of each system that opens a URL; others have the one of freedesktop.org. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Starts the browser and does not wait for it. Without one, nothing happens but that `onMissing` is called: the URL is
 * printed, too.
 */
export function openBrowser(url: string, onMissing: () => void): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program!, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', onMissing);
  child.on('exit', (code) => {
    if (code !== 0) onMissing();
  });
  child.unref();
}
