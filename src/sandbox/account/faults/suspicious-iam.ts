import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ denied_per_min: z.number().min(1).max(10_000).default(25) });

/** Somebody tries out a stolen access key. Switching the key off ends it. */
export const suspiciousIam = defineFault({
  kind: 'suspicious_iam',
  about: 'An access key is used from elsewhere: refused calls, new keys, a policy change.',
  targetKinds: ['iam'],
  params: Params,
  create: ({ denied_per_min: denied }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'disable_access_key', targetId }],
    begin: (target) => {
      const { name } = target.resource;
      const from = { sourceIPAddress: '203.0.113.77', userAgent: 'python-requests/2.31' };
      return [
        {
          kind: 'access',
          source: 'cloudtrail',
          actor: name,
          summary: `CreateAccessKey for ${name} from an address never seen before`,
          details: { eventName: 'CreateAccessKey', ...from },
        },
        {
          kind: 'access',
          source: 'cloudtrail',
          actor: name,
          summary: `AttachUserPolicy AdministratorAccess to ${name}: denied`,
          details: { eventName: 'AttachUserPolicy', errorCode: 'AccessDenied', ...from },
        },
      ];
    },
    push({ target, strength }) {
      target.effects.eventsAdd += denied * strength;
      target.effects.callsAdd += denied * 3 * strength;
    },
    say: ({ target, strength, minute }) =>
      strength < 1
        ? []
        : [
            {
              level: 'warn',
              message: `AccessDenied: ${target.resource.name} is not authorized to perform ${['iam:ListUsers', 's3:GetObject', 'sts:AssumeRole'][minute % 3]} from 203.0.113.77`,
            },
          ],
  }),
});
