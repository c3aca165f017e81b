import { unwatchFile, watchFile } from 'node:fs';
import { configFile } from '../config.ts';

const LOOK_EVERY_MS = 2000;

/**
 * Calls `changed` after the config file was written, and on SIGHUP. The file is looked at by name, so that one that is put in its
 * place (an editor's, a mounted ConfigMap's) counts as well. Returns how to stop.
 */
export function watchConfig(changed: () => Promise<void>, lookEveryMs = LOOK_EVERY_MS): () => void {
  const path = configFile();
  const look = (): void => void changed(); // it says itself what goes wrong
  watchFile(path, { interval: lookEveryMs, persistent: false }, look);
  process.on('SIGHUP', look);
  return () => {
    unwatchFile(path, look);
    process.off('SIGHUP', look);
  };
}
