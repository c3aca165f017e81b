import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import type { Store } from '../../src/domain/store.ts';
import { type AuditRow, auditHash } from '../../src/store/chain.ts';
import { storePlace } from '../support/store.ts';

const ROWS = 12;

async function filled(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    for (let n = 1; n <= ROWS; n++) await tx.audit.append({ actor: user(`U${n}`), verb: 'plan.approval', subject: `PLAN-${n % 3}`, detail: { n } }, 1000 + n);
  });
}

/** Somebody with the file and SQLite at hand. */
function meddle(path: string, work: (db: Database.Database) => void): void {
  const db = new Database(path);
  db.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_only_next');
  work(db);
  db.close();
}

const copy = (db: Database.Database, seq: number): unknown[] =>
  db.prepare<[number], unknown[]>('SELECT at_ms, actor, verb, subject, detail, prev_hash, hash FROM audit WHERE seq = ?').raw().get(seq) ?? [];
const put = (db: Database.Database, seq: number, values: unknown[]): void => {
  db.prepare('INSERT OR REPLACE INTO audit (seq, at_ms, actor, verb, subject, detail, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(seq, ...values);
};

it('refuses to change or remove an audit row', async () => {
  const place = storePlace();
  await filled(await place.open());
  const db = new Database(place.path);
  expect(() => db.exec("UPDATE audit SET verb = 'x' WHERE seq = 1")).toThrow('audit rows are never changed');
  expect(() => db.exec('DELETE FROM audit WHERE seq = 1')).toThrow('audit rows are never removed');
  expect(() => put(db, 1, copy(db, 2))).toThrow('audit rows are only added at the end');
  expect(() => put(db, ROWS + 2, copy(db, 2))).toThrow('audit rows are only added at the end');
  db.close();
});

it('finds the first row that was changed, whatever column and however little', async () => {
  const change = fc.constantFrom(
    'at_ms = at_ms + 1',
    `actor = replace(actor, 'U', 'V')`,
    `verb = 'plan.rejected'`,
    `subject = subject || ' '`,
    `detail = json_set(detail, '$.n', 99)`,
    `detail = detail || ' '`,
    `detail = 'no json'`,
    `prev_hash = upper(prev_hash) || 'x'`,
    `hash = upper(hash)`,
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: ROWS }), change, async (seq, sql) => {
      const place = storePlace();
      const store = await place.open();
      await filled(store);
      meddle(place.path, (db) => db.exec(`UPDATE audit SET ${sql} WHERE seq = ${seq}`));
      const report = await store.audit.verify();
      expect(report.brokenAt).toBe(seq);
      expect(report.reason).toContain(String(seq));
    }),
    { numRuns: 20 },
  );
});

it('finds removed rows, at the start, in the middle and at the end', async () => {
  const span = fc.tuple(fc.integer({ min: 1, max: ROWS }), fc.integer({ min: 0, max: 3 }));
  await fc.assert(
    fc.asyncProperty(span, async ([from, more]) => {
      const place = storePlace();
      const store = await place.open();
      await filled(store);
      meddle(place.path, (db) => db.exec(`DELETE FROM audit WHERE seq BETWEEN ${from} AND ${from + more}`));
      expect(await store.audit.verify()).toMatchObject({ brokenAt: from, rows: from - 1, reason: expect.stringContaining('missing') as string });
    }),
    { numRuns: 15 },
  );
});

it('finds rows that changed places or were removed with the rest moved up', async () => {
  const pair = fc.tuple(fc.integer({ min: 1, max: ROWS }), fc.integer({ min: 1, max: ROWS })).filter(([a, b]) => a !== b);
  await fc.assert(
    fc.asyncProperty(pair, fc.boolean(), async ([a, b], swap) => {
      const place = storePlace();
      const store = await place.open();
      await filled(store);
      const first = Math.min(a, b);
      meddle(place.path, (db) => {
        const [one, other] = [copy(db, a), copy(db, b)];
        if (swap) {
          put(db, a, other);
          put(db, b, one);
        } else {
          db.exec(`DELETE FROM audit WHERE seq = ${first}`);
          for (let seq = first + 1; seq <= ROWS; seq++) db.exec(`UPDATE audit SET seq = ${seq - 1} WHERE seq = ${seq}`);
        }
      });
      expect((await store.audit.verify()).brokenAt).toBe(first);
    }),
    { numRuns: 15 },
  );
});

it('finds rows put in before the first, behind the last, and a changed or lost record of the end', async () => {
  const cases: readonly (readonly [sql: string, brokenAt: number])[] = [
    [
      "INSERT INTO audit (seq, at_ms, actor, verb, subject, detail, prev_hash, hash) SELECT -5, at_ms, actor, verb, subject, detail, '', hash FROM audit WHERE seq = 1",
      1,
    ],
    [
      `INSERT INTO audit (seq, at_ms, actor, verb, subject, detail, prev_hash, hash) SELECT ${ROWS + 1}, at_ms, actor, verb, subject, detail, hash, hash FROM audit WHERE seq = ${ROWS}`,
      ROWS + 1,
    ],
    [`DELETE FROM audit_head`, ROWS + 1],
    [`UPDATE audit_head SET hash = 'x'`, ROWS],
    [`UPDATE audit_head SET seq = seq - 1`, ROWS],
    [`DELETE FROM audit`, 1],
  ];
  for (const [sql, brokenAt] of cases) {
    const place = storePlace();
    const store = await place.open();
    await filled(store);
    meddle(place.path, (db) => db.exec(sql));
    const report = await store.audit.verify();
    expect(report, sql).toMatchObject({ brokenAt });
    expect(report.reason).not.toBeNull();
  }
});

it('finds where a row with a hash of its own making was put in the place of another', async () => {
  const place = storePlace();
  const store = await place.open();
  await filled(store);
  meddle(place.path, (db) => {
    const row = db.prepare<[], AuditRow>('SELECT seq, at_ms, actor, verb, subject, detail, prev_hash, hash FROM audit WHERE seq = 5').get();
    if (row === undefined) throw new Error('row 5 must be there');
    const forged = { ...row, verb: 'plan.rejected' };
    db.prepare('UPDATE audit SET verb = ?, hash = ? WHERE seq = 5').run(forged.verb, auditHash(forged));
  });
  expect(await store.audit.verify()).toEqual({ rows: 5, brokenAt: 6, reason: 'Row 6 does not follow the row before it: it was moved or put in.' });
});
