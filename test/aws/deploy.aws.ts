import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { readMessage } from '../../src/aws/events/message.ts';
import { OBSERVE_ACTIONS, OWN_ACTIONS } from '../../src/aws/policies.ts';
import { DOINGS } from '../../src/aws/remediation/index.ts';
import { init } from '../../src/cli/init.ts';
import { policyFiles } from '../../src/cli/policies.ts';
import { parseConfig } from '../../src/config.ts';
import { builder, motoUrl, resetMoto } from './support.ts';

const project = join(import.meta.dirname, '..', '..');
const text = (...path: string[]): string => readFileSync(join(project, ...path), 'utf8');
const TEMPLATE = text('deploy', 'opsloop.yaml');
const remediation = join(project, 'src', 'aws', 'remediation');

/** The APIs that a file names, with those of the files it imports from its own folder. */
function apisOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const code = readFileSync(join(remediation, file), 'utf8');
  const own = [...code.matchAll(/'([a-z0-9-]+:[A-Z]\w+)'/g)].map((match) => match[1] ?? '');
  const others = [...code.matchAll(/from '\.\/([\w-]+\.ts)'/g)].flatMap((match) => [...apisOf(match[1] ?? '', seen)]);
  return new Set([...own, ...others]);
}

describe('the permissions', () => {
  it('in deploy/policies are those that the catalogue gives', () => {
    for (const [name, document] of Object.entries(policyFiles()))
      expect(JSON.parse(text('deploy', 'policies', name)), `run "opsloop policies": ${name}`).toEqual(document);
    expect(readdirSync(join(project, 'deploy', 'policies')).toSorted()).toEqual(Object.keys(policyFiles()).toSorted());
  });

  it('of each action cover what its code calls, and no more than it could', () => {
    const indirect = new Set(['iam:PassRole', 'ssm:AddTagsToResource']); // AWS asks for them on behalf of another call
    for (const { name } of DOINGS) {
      const file = `${name.replaceAll('_', '-')}.ts`;
      const facts = CATALOGUE.find((one) => one.name === name);
      const code = readFileSync(join(remediation, file), 'utf8');
      for (const [, api] of code.matchAll(/'([a-z0-9-]+:[A-Z]\w+)'/g)) expect(facts?.iam, `${name} calls ${api}`).toContain(api);
      for (const api of facts?.iam ?? []) if (!indirect.has(api)) expect([...apisOf(file)], `${name} never calls ${api}`).toContain(api);
    }
  });

  it('of observing cover every source, and change nothing', () => {
    const code = ['changes', 'events', 'inventory', 'logs', 'metrics']
      .flatMap((folder) => readdirSync(join(project, 'src', 'aws', folder)).map((file) => text('src', 'aws', folder, file)))
      .join('\n');
    const own = Object.values(OWN_ACTIONS).flat() as readonly string[];
    const called = [...code.matchAll(/'((?:[a-z0-9-]+):[A-Z]\w+)'/g)].map((match) => match[1] ?? '');
    expect(called.length).toBeGreaterThan(15);
    for (const api of called) expect([...OBSERVE_ACTIONS, ...own], api).toContain(api);
    for (const api of OBSERVE_ACTIONS) expect(api).toMatch(/:(Describe|Get|List|Lookup|Filter|Select)|^logs:(StartQuery|StopQuery)$/);
  });

  it('in the template are the same ones', () => {
    const template = parse(TEMPLATE, { logLevel: 'silent' }) as {
      Resources: Record<string, { Properties: { Policies?: { PolicyName: string; PolicyDocument: unknown }[] } }>;
    };
    const policy = (role: string, name: string) => template.Resources[role]?.Properties.Policies?.find((one) => one.PolicyName === name)?.PolicyDocument;
    expect(policy('ObserveRole', 'observe')).toEqual(policyFiles()['observe.json']);
    expect(policy('ActRole', 'act')).toEqual(policyFiles()['act.json']);
    for (const document of Object.values(policyFiles())) expect(JSON.stringify(document).length).toBeLessThan(10_240 - 1000); // all of a role, by IAM
    for (const api of Object.values(OWN_ACTIONS).flat()) expect(TEMPLATE).toContain(`- ${api}\n`);
  });
});

describe('the template', () => {
  it('has nothing that cfn-lint minds', () => {
    const lint = process.env['CFN_LINT'];
    if (lint === undefined) throw new Error('Run this with "npm run test:aws".');
    execFileSync(lint, [join(project, 'deploy', 'opsloop.yaml')], { stdio: 'pipe' });
  }, 120_000);

  it('sends the queue only events that the bot understands', () => {
    const { Resources } = parse(TEMPLATE, { logLevel: 'silent' }) as { Resources: Record<string, { Properties: { EventPattern: Record<string, string[]> } }> };
    const types = Resources['ChangeRule']?.Properties.EventPattern['detail-type'] ?? [];
    expect(types.length).toBeGreaterThan(10);
    for (const type of types) {
      const event = { id: '1', source: 'aws.any', 'detail-type': type, time: '2026-03-04T10:00:00Z', resources: [], detail: {} };
      expect(readMessage(JSON.stringify(event), (plain) => plain).kind, type).toBe('change');
    }
  });

  it('makes queue, bucket, rules and roles on moto, which knows no file systems', async () => {
    await resetMoto();
    const template = parse(TEMPLATE, { logLevel: 'silent', customTags }) as { Resources: Record<string, unknown>; Conditions: unknown; Parameters: unknown };
    const network = /^(Network|DiskNetwork|Disk|DiskMount[AB]|DiskAccess|Cluster|Task|Service|BotIsDown)$/;
    const kept = Object.keys(template.Resources).filter((name) => !network.test(name));
    expect(kept.length).toBeGreaterThan(17);
    const Resources = Object.fromEntries(kept.map((name) => [name, template.Resources[name]]));
    const body = JSON.stringify({ Parameters: template.Parameters, Conditions: template.Conditions, Resources });
    const parameters: Record<string, string> = {
      Image: 'opsloop:1',
      VpcId: 'vpc-1',
      SubnetIds: 'subnet-1,subnet-2',
      SlackSecretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:slack',
      KnowledgeBaseId: 'KB00000001',
      ModelArns: 'arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0',
      AllowActing: 'yes',
    };
    const form = new URLSearchParams({ Action: 'CreateStack', Version: '2010-05-15', StackName: 'opsloop', TemplateBody: body });
    Object.entries(parameters).forEach(([key, value], at) => {
      form.set(`Parameters.member.${at + 1}.ParameterKey`, key);
      form.set(`Parameters.member.${at + 1}.ParameterValue`, value);
    });
    const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0';
    const answer = await fetch(motoUrl(), { method: 'POST', body: form, headers: { authorization } });
    expect(await answer.text()).toContain('<StackId>');
    const { QueueUrls = [] } = await builder().sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls).toHaveLength(2);
    const { Roles = [] } = await builder().iam.send(new ListRolesCommand({}));
    expect(Roles.map((role) => role.RoleName?.split('-')[1]).sort()).toEqual(['ActRole', 'ObserveRole', 'StartRole']);
  });
});

/** `!Ref x` and its kin in the long form that a JSON template has. */
const names = ['Ref', 'Condition', 'GetAtt', 'Sub', 'If', 'And', 'Not', 'Equals', 'Select', 'Join'];
const long = (name: string, value: unknown): unknown =>
  name === 'Ref' || name === 'Condition' ? { [name]: value } : { [`Fn::${name}`]: name === 'GetAtt' && typeof value === 'string' ? value.split('.') : value };
const customTags = names.flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => long(name, value) },
  { tag: `!${name}`, collection: 'seq' as const, resolve: (seq: { toJSON(): unknown }) => long(name, seq.toJSON()) },
]);

describe('the example config', () => {
  it('names every setting', () => {
    const example = text('opsloop.config.example.yaml');
    const walk = (value: unknown, path: readonly string[]): void => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      for (const [key, one] of Object.entries(value)) {
        expect(example, `${[...path, key].join('.')} is not in the example`).toMatch(new RegExp(`[#{,\\s]${key}:`));
        walk(one, [...path, key]);
      }
    };
    walk(parseConfig({}), []);
  });

  it('is a valid config as it is, and with every # taken away', () => {
    const folder = mkdtempSync(join(tmpdir(), 'opsloop-init-'));
    const file = join(folder, 'opsloop.config.yaml');
    init(file);
    expect(parse(readFileSync(file, 'utf8'))).toBeNull();
    expect(() => init(file)).toThrow('is there already');
    rmSync(folder, { recursive: true });
    // A setting has the # at the very front; a sentence has "# " and a word.
    const lines = text('opsloop.config.example.yaml')
      .split('\n')
      .filter((line) => !/^# \S/.test(line));
    const bare = lines.map((line) => line.replace(/^#/, '')).join('\n');
    expect(parseConfig(parse(bare)).aws.accounts).toHaveLength(1);
  });
});
