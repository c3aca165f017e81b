import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../action/catalogue/index.ts';
import { actPolicy, observePolicy, type PolicyDocument } from '../aws/policies.ts';
import { DOINGS } from '../aws/remediation/index.ts';

/** The IAM policies of a deployment, out of what the catalogue says each action calls. Critical ones stand apart: who wants them adds them. */
export function policyFiles(): Readonly<Record<string, PolicyDocument>> {
  const doable = new Set(DOINGS.map((doing) => doing.name));
  const actions = CATALOGUE.filter((facts) => doable.has(facts.name));
  return {
    'observe.json': observePolicy(),
    'act.json': actPolicy(actions.filter((facts) => facts.risk !== 'critical')),
    'act-critical.json': actPolicy(actions.filter((facts) => facts.risk === 'critical')),
  };
}

/** `opsloop policies DIR`: writes them. */
export function policies(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, document] of Object.entries(policyFiles())) writeFileSync(join(dir, name), `${JSON.stringify(document, null, 2)}\n`);
  process.stdout.write(`Wrote ${Object.keys(policyFiles()).join(', ')} to ${dir}.\n`);
}
