import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ days_left: z.number().min(0).max(45).default(5) });

/** The certificate in use is an old one again, with few days left and no renewal under way. */
export const expiringCertificate = defineFault({
  kind: 'expiring_certificate',
  about: 'A certificate is about to end, and its renewal does not work.',
  targetKinds: ['acm'],
  params: Params,
  create: ({ days_left: days }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'renew_certificate', targetId }],
    begin: (target) => {
      target.settings.certificateDays = days;
      return [
        {
          kind: 'config',
          source: 'cloudtrail',
          actor: 'terraform',
          summary: `ImportCertificate ${target.resource.name}: ${days} days left, renewal not possible`,
          details: { eventName: 'ImportCertificate' },
        },
      ];
    },
    push({ target, strength }) {
      if (strength === 1 && target.settings.certificateDays < 60) target.settings.certificateDays = Math.max(0, target.settings.certificateDays - 1 / 1440);
    },
    say: ({ strength, target }) =>
      strength < 1
        ? []
        : [
            {
              level: 'warn',
              message: `certificate ${target.resource.name} ends in ${Math.floor(target.settings.certificateDays)} days, DNS validation failed`,
            },
          ],
  }),
});
