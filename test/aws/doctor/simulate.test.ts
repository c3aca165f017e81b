import { expect, it } from 'vitest';
import { principalOf } from '../../../src/aws/doctor/simulate.ts';

it('whose policies count: the role behind a session, a user himself, and nobody for root', () => {
  expect(principalOf('arn:aws:sts::111122223333:assumed-role/opsloop-observe/opsloop')).toBe('arn:aws:iam::111122223333:role/opsloop-observe');
  expect(principalOf('arn:aws-cn:sts::111122223333:assumed-role/bot/i-1')).toBe('arn:aws-cn:iam::111122223333:role/bot');
  expect(principalOf('arn:aws:iam::111122223333:user/ana')).toBe('arn:aws:iam::111122223333:user/ana');
  expect(principalOf('arn:aws:iam::111122223333:root')).toBeNull();
});
