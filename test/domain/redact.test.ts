import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactAll } from '../../src/domain/redact.ts';

// Made up on the spot, so that no file holds anything that looks like a credential.
const of = (alphabet: string, length: number): string => Array.from({ length }, (_, index) => alphabet[(index * 11 + 3) % alphabet.length]).join('');
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const MIXED = 'aB3dE5gH7jK9mN1pQrStUvWxYz';
const CANARY = of(MIXED, 22);

const CANARIES: readonly (readonly [string, string])[] = [
  ['an AWS key id', `AKIA${of(UPPER, 16)}`],
  ['a temporary AWS key id', `ASIA${of(UPPER, 16)}`],
  ['an AWS secret key', of(`${MIXED}/+`, 40)],
  ['a Slack bot token', `xoxb-${of('0123456789', 11)}-${CANARY}`],
  ['a Slack app token', `xapp-1-A0-${CANARY}`],
  ['a GitHub token', `ghp_${of(MIXED, 36)}`],
  ['a fine-grained GitHub token', `github_pat_${of(MIXED, 60)}`],
  ['a JWT', `eyJ${of(MIXED, 20)}.eyJ${of(MIXED, 30)}.${CANARY}`],
  ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n${CANARY}\n-----END RSA PRIVATE KEY-----`],
  ['a private key that was cut', `-----BEGIN PRIVATE KEY-----\n${CANARY}`],
];
const CARRIERS: readonly (readonly [string, (secret: string) => string])[] = [
  ['a bearer header', (secret) => `Authorization: Bearer ${secret}`],
  ['a basic header', (secret) => `authorization=Basic ${secret}==`],
  ['a password in an address', (secret) => `connect to postgres://app:${secret}@db.internal:5432/shop failed`],
  ['key=value', (secret) => `retrying with password=${secret}, attempt 3`],
  ['an environment variable', (secret) => `AWS_SECRET_ACCESS_KEY=${secret} exported`],
  ['JSON', (secret) => `{"user":"ana","api_key":"${secret}","n":1}`],
  ['YAML', (secret) => `db_password: '${secret}'`],
  ['an option', (secret) => `mysql --password ${secret} -h db`],
  ['a signed address', (secret) => `GET https://b.s3.amazonaws.com/k?X-Amz-Signature=${secret}&X-Amz-Expires=60`],
];

describe('redaction', () => {
  it.each(CANARIES)('takes out %s wherever it stands', (_, secret) => {
    const words = fc.string({ unit: fc.constantFrom(...'abc XYZ.,:()\n'), maxLength: 40 });
    fc.assert(
      fc.property(words, words, (before, after) => {
        const left = redact(`${before} ${secret} ${after}`);
        expect(left).not.toContain(secret.slice(-16));
        expect(left).not.toContain(secret.split('\n').at(1) ?? secret);
      }),
      { numRuns: 60 },
    );
  });

  it.each(CARRIERS)('takes the value out of %s, whatever it is', (_, carry) => {
    const value = fc.string({ unit: fc.constantFrom(...'abcXYZ0189_.~-'), minLength: 12, maxLength: 60 }).filter((text) => /^[a-zA-Z0-9]/.test(text));
    fc.assert(
      fc.property(value, (secret) => {
        expect(redact(carry(secret))).not.toContain(secret);
      }),
      { numRuns: 100 },
    );
  });

  it('takes out e-mail addresses, and account ids where it is asked to', () => {
    const text = 'ana.lee+ops@example.com assumed arn:aws:iam::111122223333:role/ops';
    expect(redact(text)).toBe('[e-mail] assumed arn:aws:iam::111122223333:role/ops');
    expect(redact(text, { emails: false, accountIds: true })).toBe('ana.lee+ops@example.com assumed arn:aws:iam::[account]:role/ops');
  });

  it('leaves what a person needs: resources, metrics, times, numbers, ids of commits and requests', () => {
    for (const text of [
      'ecs/checkout: CPUUtilization rose from 12.5 to 97 at 2026-03-02T09:00:00Z (INC-12, PAT-001)',
      'app/shop/50dc6c495c0c9188 arn:aws:ecs:eu-central-1:111122223333:service/prod/checkout',
      'commit 4fa3c1d09be2277a51c6ce0dd2f4f1b9d3e0aa17, request 550e8400-e29b-41d4-a716-446655440000',
      'deployed checkout:v4.2.1 at 1772442000000, token bucket empty, password policy changed',
      'https://db.internal:5432/path user@host',
    ])
      expect(redact(text)).toBe(text);
  });

  it('finds a secret in whatever case its rule takes it, with nothing else in the text that could be one', () => {
    const value = 'q'.repeat(12);
    for (const text of [`PASSWD: ${value}`, `Pwd=${value}`, `COOKIE=${value}`, `bEaReR ${value}`, `DIGEST ${value}`, `--PASSWORD ${value}`, `--ToKeN ${value}`])
      expect(redact(text), text).not.toContain(value);
    for (const text of [`XOXB-${value}`, `Xapp-${value}`, `x-amz-credential=${value}`, `AMQP://app:${value}@mq`, `HTTPS://hooks.slack.com/${value}`])
      expect(redact(text), text).not.toContain(value);
    for (const text of [`gho_${value.repeat(2)}`, `glptt-${value.repeat(2)}`, `rk_live_${value}`, `sk-ant-${value}`])
      expect(redact(text), text).not.toContain(value);
  });

  it('changes nothing more when done twice', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ maxLength: 60 }), ...CANARIES.map(([, secret]) => fc.constant(secret))), { maxLength: 6 }), (parts) => {
        const once = redact(parts.join(' '), { emails: true, accountIds: true });
        expect(redact(once, { emails: true, accountIds: true })).toBe(once);
      }),
    );
  });

  it('takes its time from nobody: long and nasty texts', () => {
    for (const nasty of [
      'a@'.repeat(50_000),
      'password='.repeat(20_000),
      `eyJ${'a'.repeat(200_000)}`,
      '-----BEGIN PRIVATE KEY-----'.repeat(4000),
      'A1a'.repeat(60_000),
      '://a:'.repeat(40_000),
    ]) {
      const before = performance.now();
      redact(nasty);
      expect(performance.now() - before, nasty.slice(0, 20)).toBeLessThan(3000);
    }
  });

  it('reaches every string of a value', () => {
    const secret = `xoxb-${CANARY}`;
    const value = { a: [secret, { [`b ${secret}`]: `c ${secret}` }], n: 1, none: null };
    expect(JSON.stringify(redactAll(value))).not.toContain(CANARY);
    expect(redactAll(value)).toMatchObject({ n: 1, none: null });
  });
});
