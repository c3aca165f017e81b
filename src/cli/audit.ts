import { loadConfig } from '../config.ts';
import { actorName } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import { openStore } from '../store/open.ts';

const PAGE = 1000;

/** `opsloop audit verify` recomputes the chain (exit status 1 when it does not hold); `audit list [subject]` prints it. */
export async function audit(verb: string, subject: string | undefined, options: { readonly json?: boolean }): Promise<void> {
  if (verb !== 'verify' && verb !== 'list') throw new OpsError('invalid_input', `"audit ${verb}" is not a command.`, 'Use verify or list.');
  const store = await openStore(loadConfig().store.path);
  try {
    if (verb === 'verify') {
      const result = await store.audit.verify();
      const words =
        result.brokenAt === null ? `The audit chain holds: ${result.rows} rows.` : `The audit chain is broken at row ${result.brokenAt}: ${result.reason}`;
      process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : `${words}\n`);
      if (result.brokenAt !== null) process.exitCode = 1;
      return;
    }
    for (let after = 0; ; ) {
      const entries = await store.audit.list({ ...(subject === undefined ? {} : { subject: subject.toUpperCase() }), after, limit: PAGE });
      for (const entry of entries) {
        const line = `${entry.seq}  ${new Date(entry.atMs).toISOString()}  ${actorName(entry.actor)}  ${entry.verb}  ${entry.subject}  ${JSON.stringify(entry.detail)}`;
        process.stdout.write(`${options.json === true ? JSON.stringify(entry) : line}\n`);
      }
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) return;
      after = last.seq;
    }
  } finally {
    await store.close();
  }
}
