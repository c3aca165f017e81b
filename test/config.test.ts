import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../src/config.ts';

describe('the config', () => {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-config-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const fileWith = (text: string): string => {
    const path = join(dir, `${Math.random().toString(36).slice(2)}.yaml`);
    writeFileSync(path, text);
    return path;
  };

  it('is safe when nothing is said: nobody asks, nobody approves, nobody resumes', () => {
    expect(parseConfig({}).policy).toMatchObject({ requesters: [], approvers: [], operators: [], quorum: 2 });
    expect(parseConfig({}).http).toMatchObject({ host: '127.0.0.1', cors_origins: [], webhooks: { sns_topics: [], out: [] } });
    expect(parseConfig({}).telemetry).toEqual({});
  });

  it('names every setting that is wrong, with its path', () => {
    expect(() => parseConfig({ policy: { quorum: 1, approvers: ['ana'] }, loop: { evry: '*' } })).toThrow(/quorum[\s\S]*approvers|approvers[\s\S]*quorum/);
    expect(() => parseConfig({ loop: { evry: '*' } })).toThrow(/evry/);
  });

  it('refuses everybody as approvers, and a quorum of one', () => {
    expect(() => parseConfig({ policy: { approvers: ['*'] } })).toThrow(/approvers may not hold "\*"/);
    expect(() => parseConfig({ policy: { quorum: 1 } })).toThrow(/quorum/);
  });

  it('takes secrets and addresses from the environment over the file', () => {
    const path = fileWith('slack:\n  channel: C0FILE0001\n  locale: zh\n');
    const config = loadConfig({ OPSLOOP_CONFIG: path, SLACK_BOT_TOKEN: 'xoxb-from-env', SLACK_CHANNEL: 'C0ENV00001' });
    expect(config.slack).toMatchObject({ bot_token: 'xoxb-from-env', channel: 'C0ENV00001', locale: 'zh' });
  });

  it('says which file is missing, or where its YAML is wrong', () => {
    expect(() => loadConfig({ OPSLOOP_CONFIG: join(dir, 'nowhere.yaml') })).toThrow(/no config file at .*nowhere\.yaml/);
    expect(() => loadConfig({ OPSLOOP_CONFIG: fileWith('slack: [unclosed') })).toThrow(/not valid YAML/);
    expect(() => loadConfig({ OPSLOOP_CONFIG: fileWith('- a list') })).toThrow(/must be a mapping/);
  });
});
