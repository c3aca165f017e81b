import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLarger, nextOf, nextSize, possibleTypes, weightOf } from '../../../src/aws/remediation/sizes.ts';

it('the next size is the one that AWS calls so, of the same family', () => {
  expect(nextSize('db.r6g.large')).toBe('db.r6g.xlarge');
  expect(nextSize('cache.t4g.micro')).toBe('cache.t4g.small');
  expect(nextSize('db.r6g.24xlarge')).toBeNull();
  expect(nextSize('db.serverless')).toBeNull();
  expect(nextSize('c5.metal')).toBeNull();
});

it('of the types that a zone offers the smallest larger one is taken', () => {
  expect(nextOf('c5.4xlarge', ['c5.18xlarge', 'c5.9xlarge', 'm5.8xlarge', 'c5.large', 'c5.metal'])).toBe('c5.9xlarge');
  expect(nextOf('c5.18xlarge', ['c5.large'])).toBeNull();
});

it('larger means the same family, and never both ways round', () => {
  const type = fc
    .tuple(fc.constantFrom('m5', 'c5', 'db.r6g'), fc.constantFrom(...possibleTypes('x.y').map((one) => one.slice(2)), 'metal'))
    .map((parts) => parts.join('.'));
  fc.assert(
    fc.property(type, type, (a, b) => {
      expect(isLarger(a, b) && isLarger(b, a)).toBe(false);
      if (isLarger(a, b)) expect(weightOf(b)).toBeGreaterThan(weightOf(a) ?? Number.POSITIVE_INFINITY);
      const next = nextOf(a, [b]);
      expect(next === null || next === b).toBe(true);
    }),
  );
  expect(isLarger('m5.large', 'c5.xlarge')).toBe(false);
});
