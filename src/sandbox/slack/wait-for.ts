import { OpsError } from '../../domain/errors.ts';
import type { Workspace } from './workspace.ts';

const POLL_MS = 50; // for predicates that look at more than the workspace

/** Looks after each change of the workspace, and every now and then, until the predicate gives something. */
export function waitFor<T>(workspace: Workspace, what: string, predicate: () => T | null | undefined | false, timeoutMs = 5000): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(deadline);
      clearInterval(poll);
      workspace.off('change', look);
      act();
    };
    const look = (): void => {
      try {
        const found = predicate();
        if (found !== null && found !== undefined && found !== false) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const deadline = setTimeout(
      () => finish(() => reject(new OpsError('expired', `Waited ${timeoutMs} ms for ${what}.`, 'Look at calls() and notSent().'))),
      timeoutMs,
    );
    const poll = setInterval(look, POLL_MS);
    workspace.on('change', look);
    look();
  });
}
