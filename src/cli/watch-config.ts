import { statSync } from 'node:fs';
import { configFile } from '../config.ts';

const LOOK_EVERY_MS = 2000;

/**
 * Calls `changed` after the config file was written, and on SIGHUP. The file is looked at by name, so that one that is put in its
 * place (an editor's, a mounted ConfigMap's) counts as well. Returns how to stop.
 */
export function watchConfig(changed: () => Promise<void>, lookEveryMs = LOOK_EVERY_MS): () => void {
  const path = configFile();
  const look = (): void => void changed(); // it says itself what goes wrong
  let known = formOf(path); // from now on, and not from whenever a watcher gets to its first look
  const watch = setInterval(() => {
    const now = formOf(path);
    if (now !== known) look();
    known = now;
  }, lookEveryMs).unref();
  process.on('SIGHUP', look);
  return () => {
    clearInterval(watch);
    process.off('SIGHUP', look);
  };
}

/** Differs after every change of the file and between files that take its place; empty when there is none. */
function formOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}
