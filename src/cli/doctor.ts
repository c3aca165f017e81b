import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { parse } from 'yaml';
import { CATALOGUE } from '../action/catalogue/index.ts';
import type { Check } from '../aws/doctor/check.ts';
import type { Estimate } from '../aws/doctor/estimate.ts';
import { type Config, loadConfig, storeAddress } from '../config.ts';
import { toOpsError } from '../domain/errors.ts';
import type { ReplicaView } from '../domain/replica.ts';
import type { Store } from '../domain/store.ts';
import type { VectorsLook } from '../domain/vectors.ts';
import { ALIVE_MS, rosterOf } from '../replicas/shared.ts';
import { openStore, storePlace } from '../store/open.ts';

const WITHIN_MS = 60_000;
const SLACK_MS = 10_000;
const clock = { now: () => Date.now() };

/** `opsloop doctor`: looks at everything the bot needs, and says what to mend. Exit status 0: ready. */
export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const { checks, estimate } = await examine();
  const ready = checks.every((check) => check.state !== 'fail');
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ready, checks, estimate })}\n`);
  else process.stdout.write(`${table(checks, estimate)}\n${ready ? 'Ready.' : 'Not ready yet.'}\n`);
  process.exitCode = ready ? 0 : 1;
}

async function examine(): Promise<{ checks: readonly Check[]; estimate: Estimate | null }> {
  let config: Config;
  try {
    config = loadConfig();
  } catch (thrown) {
    const error = toOpsError(thrown);
    return { checks: [{ name: 'config', state: 'fail', detail: error.message, fix: error.hint }], estimate: null };
  }
  const read: Check = { name: 'config', state: 'ok', detail: `the account is ${config.account.kind}`, fix: null };
  const [database, slack] = await Promise.all([checkDatabase(config), checkSlack(config)]);
  const checks = [read, database.check, ...checkKnowledge(config, database.vectors), ...slack, ...checkPeople(config)];
  if (config.account.kind !== 'aws') return { checks, estimate: null };
  const aws = await examineAws(config);
  return { checks: [...checks, ...aws.checks], estimate: aws.estimate };
}

async function examineAws(config: Config): Promise<{ checks: readonly Check[]; estimate: Estimate }> {
  const [{ checkAws }, { DOINGS }] = await Promise.all([import('../aws/doctor/doctor.ts'), import('../aws/remediation/index.ts')]);
  const doable = new Set(DOINGS.map((doing) => doing.name));
  const acting = CATALOGUE.filter((facts) => facts.risk !== 'critical' && doable.has(facts.name)).flatMap((facts) => facts.iam);
  const { embeddings } = config.knowledge;
  const wording = config.narrator.kind === 'bedrock' ? (config.narrator.model_arn ?? null) : null;
  const asked = {
    settings: config.aws,
    region: config.account.region ?? '',
    clock,
    actActions: [...new Set(acting)],
    models: { embedding: embeddings.kind === 'bedrock' ? { ...embeddings, timeoutMs: embeddings.timeout_ms } : null, wording },
  };
  return await checkAws(asked, AbortSignal.timeout(WITHIN_MS));
}

/** Where vectors are, which with several replicas is not where the state is. `look` null: the database could not be asked. */
export function checkKnowledge({ store, knowledge, aws, account }: Config, look: VectorsLook | null): Check[] {
  if (store.url === undefined) return [];
  const onAws = account.kind === 'aws';
  const bedrock = onAws && aws.knowledge !== undefined ? `Bedrock knowledge base ${aws.knowledge.knowledge_base_id}, and behind it ` : '';
  const checks: Check[] = [vectorsCheck(bedrock, knowledge, look)];
  if (!onAws || aws.bucket === undefined)
    checks.push({
      name: 'archive',
      state: 'warn',
      detail: `is the folder ${knowledge.archive}: each replica that runs elsewhere has its own`,
      fix: 'With replicas on several machines: aws.bucket, or a folder they share.',
    });
  return checks;
}

function vectorsCheck(bedrock: string, { path, embeddings }: Config['knowledge'], look: VectorsLook | null): Check {
  const made = `${embeddings.kind} vectors`;
  if (look?.ready === true) {
    const detail = `${bedrock}pgvector ${look.version} in the database: one copy of the ${made} for all replicas`;
    return { name: 'vectors', state: 'ok', detail, fix: null };
  }
  const index = `${bedrock}an index of each replica's own (${path}, ${made}), kept in step through the database`;
  const why = look === null ? 'the database could not be asked for pgvector' : look.reason;
  return { name: 'vectors', state: 'warn', detail: `${index}: ${why}`, fix: look?.fix ?? 'See "database" above.' };
}

interface Database {
  readonly check: Check;
  readonly vectors: VectorsLook | null;
}

async function checkDatabase(config: Config): Promise<Database> {
  try {
    const store = await openStore(storeAddress(config));
    try {
      return { check: await databaseCheck(config, store), vectors: (await store.vectors?.look()) ?? null };
    } finally {
      await store.close();
    }
  } catch (thrown) {
    const error = toOpsError(thrown);
    return { check: { name: 'database', state: 'fail', detail: error.message, fix: error.hint }, vectors: null };
  }
}

async function databaseCheck(config: Config, store: Store): Promise<Check> {
  const { rows, brokenAt } = await store.audit.verify();
  if (brokenAt !== null)
    return {
      name: 'database',
      state: 'fail',
      detail: `the audit chain is broken at row ${brokenAt}`,
      fix: 'Run "opsloop audit verify", and restore from a backup.',
    };
  const replicas = store.engine === 'sqlite' ? [] : rosterOf(await store.leases.living(ALIVE_MS), await store.leases.list(''));
  const engine = store.engine === 'sqlite' ? 'SQLite, one process' : `PostgreSQL, ${replicaWords(replicas)}`;
  return { name: 'database', state: 'ok', detail: `${storePlace(storeAddress(config))}, ${rows} audit rows; ${engine}`, fix: null };
}

/** "2 replicas: web-1 replica-3f leads with 32 shards, web-2 replica-a1 has 32 shards". */
function replicaWords(replicas: readonly ReplicaView[]): string {
  const each = replicas.map((one) => `${one.host} ${one.id} ${one.leads ? 'leads with' : 'has'} ${one.shards} shards`);
  const differ = new Set(replicas.map((one) => one.policyMark)).size > 1 ? '; their policies differ, the strictest counts' : '';
  return replicas.length === 0 ? 'no replica runs' : `${replicas.length} replicas: ${each.join(', ')}${differ}`;
}

/** Nothing is unsafe when nobody is named, but then nothing above medium can ever run. */
function checkPeople({ policy }: Config): Check[] {
  if (policy.approvers.length > 0) return [{ name: 'approvers', state: 'ok', detail: `${policy.approvers.length} people or groups`, fix: null }];
  return [
    {
      name: 'approvers',
      state: 'warn',
      detail: 'nobody may approve: high and critical fixes can never run',
      fix: 'policy:\n  approvers: [U0123456789, S0123456789]',
    },
  ];
}

async function checkSlack({ slack }: Config): Promise<Check[]> {
  const client = (token: string): WebClient =>
    new WebClient(token, { timeout: SLACK_MS, retryConfig: { retries: 0 }, ...(slack.api_url === undefined ? {} : { slackApiUrl: slack.api_url }) });
  const checks: Check[] = [];
  if (slack.bot_token === undefined)
    checks.push({ name: 'slack bot token', state: 'fail', detail: 'is not set', fix: 'export SLACK_BOT_TOKEN=xoxb-…   (OAuth & Permissions of your app)' });
  else {
    checks.push(
      await asked('slack bot token', 'Install the app again, and copy the new bot token.', async () =>
        scopesOf(await client(slack.bot_token ?? '').auth.test()),
      ),
    );
    if (slack.channel === undefined)
      checks.push({
        name: 'slack channel',
        state: 'fail',
        detail: 'no channel for alerts is named',
        fix: 'export SLACK_CHANNEL=C…   (channel details, at the bottom)',
      });
    else
      checks.push(
        await asked('slack channel', 'Type /invite @opsloop in the channel.', async () => {
          await client(slack.bot_token ?? '').conversations.history({ channel: slack.channel ?? '', limit: 1 });
          return `${slack.channel} can be read`;
        }),
      );
  }
  if (slack.app_token === undefined)
    checks.push({
      name: 'slack app token',
      state: 'fail',
      detail: 'is not set',
      fix: 'export SLACK_APP_TOKEN=xapp-…   (Basic Information, App-Level Tokens, connections:write)',
    });
  else
    checks.push(
      await asked('slack app token', 'Make an app-level token with connections:write.', async () => {
        await client(slack.app_token ?? '').apps.connections.open({});
        return 'can connect';
      }),
    );
  return checks;
}

/** What the token may do, against what the manifest asks for. */
function scopesOf(answer: Awaited<ReturnType<WebClient['auth']['test']>>): string {
  const manifest = parse(readFileSync(join(import.meta.dirname, '..', '..', 'manifest.yml'), 'utf8')) as { oauth_config?: { scopes?: { bot?: string[] } } };
  const have = answer.response_metadata?.scopes;
  const missing = have === undefined ? [] : (manifest.oauth_config?.scopes?.bot ?? []).filter((scope) => !have.includes(scope));
  if (missing.length > 0) throw new Error(`the token lacks: ${missing.join(', ')}`);
  return `${answer.user} in ${answer.team}`;
}

async function asked(name: string, fix: string, call: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: 'ok', detail: await call(), fix: null };
  } catch (thrown) {
    return { name, state: 'fail', detail: thrown instanceof Error ? thrown.message : String(thrown), fix };
  }
}

function table(checks: readonly Check[], estimate: Estimate | null): string {
  const width = Math.max(...checks.map((check) => check.name.length));
  const lines = checks.flatMap(({ name, state, detail, fix }) => [
    `${{ ok: '  ok ', warn: ' warn', fail: ' FAIL' }[state]}  ${name.padEnd(width)}  ${detail}`,
    ...(fix === null || state === 'ok' ? [] : fix.split('\n').map((line) => `       ${' '.repeat(width)}  → ${line}`)),
  ]);
  if (estimate !== null)
    lines.push(
      `\n${estimate.metrics} metrics a minute, by ${estimate.getMetricDataCallsPerMin} calls of GetMetricData; about ${estimate.requestsPerMin} requests a minute in all. ${estimate.metricRequestsPerMonth.toLocaleString('en')} metrics requested a month (GetMetricData is billed by these).`,
    );
  return lines.join('\n');
}
