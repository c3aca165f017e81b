import { loadConfig, storeAddress } from '../config.ts';
import { actorName } from '../domain/actor.ts';
import type { AuditEntry } from '../domain/audit.ts';
import type { Store } from '../domain/store.ts';
import { openFolderArchive } from '../embedded/archive.ts';
import { verifyCheckpoints } from '../loop/checkpoints.ts';
import { openStore } from '../store/open.ts';
import { openAccount } from './account.ts';

const PAGE = 1000;

interface Options {
  readonly json?: boolean;
  readonly csv?: boolean;
}

/**
 * `audit verify` recomputes the chain and holds it against the signed checkpoints (exit status 1 when either does not hold);
 * `audit list [subject]` prints it; `audit export [subject] [--csv]` writes every row with its hashes, JSON lines by default.
 */
export async function audit(verb: 'verify' | 'list' | 'export', subject: string | undefined, options: Options): Promise<void> {
  const store = await openStore(storeAddress(loadConfig()));
  try {
    if (verb === 'verify') return await verify(store, options.json === true);
    const line = lineOf(verb, options);
    if (verb === 'export' && options.csv === true) process.stdout.write(`${CSV_HEADER}\n`);
    for await (const entry of entries(store, subject?.toUpperCase())) process.stdout.write(`${line(entry)}\n`);
  } finally {
    await store.close();
  }
}

async function verify(store: Store, json: boolean): Promise<void> {
  const config = loadConfig();
  const chain = await store.audit.verify();
  const { key } = config.audit;
  const archive = (await openAccount(config)).archive ?? openFolderArchive(config.knowledge.archive);
  const signed = key === undefined ? null : await verifyCheckpoints(store, archive, key);
  const lines = [
    chain.brokenAt === null ? `The audit chain holds: ${chain.rows} rows.` : `The audit chain is broken at row ${chain.brokenAt}: ${chain.reason}`,
    signed === null
      ? 'Signed checkpoints were not looked at: no key is set (audit.key, OPSLOOP_AUDIT_KEY).'
      : signed.brokenAt === null
        ? `${signed.checkpoints} signed checkpoints hold.`
        : `The audit does not match what was signed at row ${signed.brokenAt}: ${signed.reason}`,
  ];
  process.stdout.write(json ? `${JSON.stringify({ ...chain, signed })}\n` : `${lines.join('\n')}\n`);
  if (chain.brokenAt !== null || (signed !== null && signed.brokenAt !== null)) process.exitCode = 1;
}

async function* entries(store: Store, subject: string | undefined): AsyncGenerator<AuditEntry> {
  for (let after = 0; ; ) {
    const page = await store.audit.list({ ...(subject === undefined ? {} : { subject }), after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.seq;
  }
}

function lineOf(verb: string, options: Options): (entry: AuditEntry) => string {
  if (verb === 'export' && options.csv === true) return csvLine;
  if (verb === 'export' || options.json === true) return (entry) => JSON.stringify(entry);
  return ({ seq, atMs, actor, verb: did, subject, detail }) =>
    `${seq}  ${new Date(atMs).toISOString()}  ${actorName(actor)}  ${did}  ${subject}  ${JSON.stringify(detail)}`;
}

const CSV_HEADER = 'seq,time,actor,verb,subject,detail,prev_hash,hash';

/** RFC 4180; a cell that a spreadsheet would take for a formula is kept from being one. */
export function csvLine({ seq, atMs, actor, verb, subject, detail, prevHash, hash }: AuditEntry): string {
  const cells = [String(seq), new Date(atMs).toISOString(), actorName(actor), verb, subject, JSON.stringify(detail), prevHash, hash];
  return cells.map((cell) => `"${(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`).join(',');
}
