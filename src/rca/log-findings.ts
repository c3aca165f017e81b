import { explain } from '../domain/explanation.ts';
import { redact } from '../domain/redact.ts';
import type { Finding } from './finding.ts';
import type { LogGroup } from './log-evidence.ts';
import type { Prepared } from './prepare.ts';

const MAX_A_RESOURCE = 2;
const MIN_STRENGTH = 0.2;

/** Words by which logs back kinds of cause that metrics already show. They back them only: a log line alone names no cause. */
const BACKS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/out ?of ?memory|oom|heap/i, ['leak', 'memory']],
  [/too many (clients|connections)|connection (pool|slots|limit)|remaining connection|max_connections/i, ['connections']],
  [/no space left|disk full|quota exceeded/i, ['disk']],
  [/throttl|rate exceeded|too ?many ?requests|throughput exceeded/i, ['throttling']],
  [/certificate|x509|ssl handshake|tls handshake/i, ['certificate']],
  [/evict|cache miss/i, ['cache']],
  [/access ?denied|unauthori[sz]ed|not authorized/i, ['access']],
];

/** Error lines that are new or far more frequent since the trouble began, as support for the resource they are from. */
export function logFindings(prepared: Prepared): readonly Finding[] {
  const taken = new Map<string, number>();
  const findings: Finding[] = [];
  for (const group of prepared.logGroups) {
    if (group.strength < MIN_STRENGTH) break;
    if (group.resourceId === null || !prepared.steps.has(group.resourceId)) continue;
    const count = taken.get(group.resourceId) ?? 0;
    if (count >= MAX_A_RESOURCE) continue;
    taken.set(group.resourceId, count + 1);
    findings.push(...toFindings(group, group.resourceId));
  }
  return findings;
}

function toFindings(group: LogGroup, resourceId: string): readonly Finding[] {
  const kinds = BACKS.find(([words]) => words.test(group.template))?.[1] ?? [null];
  const template = redact(group.template).slice(0, 200);
  const statement =
    group.before === 0
      ? explain('rca.evidence.log_new', '{resource} logs {count} lines of a kind not seen before: {template}', {
          resource: resourceId,
          count: group.count,
          template,
        })
      : explain('rca.evidence.log_more', '{resource} logs {count} lines like: {template} ({before} before).', {
          resource: resourceId,
          count: group.count,
          before: group.before,
          template,
        });
  const source = { type: 'logs' as const, group: group.group, examples: [...group.examples], count: group.count };
  const evidence = { dimension: 'resource' as const, supports: true, weight: group.strength * 0.6, statement, source };
  return kinds.map((kind) => ({ resourceId, kind, strength: group.strength, evidence: [evidence], backs: true as const }));
}
