import { defineAction, noDefaults, noParams } from './define.ts';

export const renewCertificate = defineAction({
  name: 'renew_certificate',
  title: 'Renew the certificate',
  risk: 'high',
  reversibility: 'cannot_be_undone',
  targetKinds: ['acm'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Renews the certificate ${target.name} and puts it on its listeners.`,
  iam: ['acm:RenewCertificate', 'acm:DescribeCertificate'],
});
