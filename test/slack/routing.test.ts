import { expect, test } from 'vitest';
import { destinationOf, localeOfChannel } from '../../src/slack/routing.ts';

const routing = {
  channel: 'C0OPS00001',
  locale: 'en' as const,
  locales: { C0PAY00001: 'zh' as const },
  routes: [
    { service: 'payments', min_severity: 'high' as const, channel: 'C0PAY00001', mention: ['S0PAYMENT'] },
    { min_severity: 'critical' as const, mention: ['S0ONCALL'] },
  ],
};

test.each([
  ['payments', 0.7, 'C0PAY00001', ['S0PAYMENT']],
  ['payments', 0.4, 'C0OPS00001', []],
  ['checkout', 0.9, 'C0OPS00001', ['S0ONCALL']],
  [null, 0.9, 'C0OPS00001', ['S0ONCALL']],
  ['checkout', 0.7, 'C0OPS00001', []],
])('an incident of %s with severity %s goes to %s and calls %s', (service, severity, channel, mentions) => {
  expect(destinationOf({ service, severity }, routing)).toEqual({ channel, mentions });
});

test('a channel speaks its own language where one is set', () => {
  expect(localeOfChannel('C0PAY00001', routing)).toBe('zh');
  expect(localeOfChannel('C0OPS00001', routing)).toBe('en');
});
