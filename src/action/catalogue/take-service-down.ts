import { defineAction, noDefaults, noParams } from './define.ts';

export const takeServiceDown = defineAction({
  name: 'take_service_down',
  title: 'Take the service down',
  risk: 'critical',
  reversibility: 'rollback',
  targetKinds: ['ecs'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Scales ${target.name} to nothing. Everything that calls it fails until it is brought back.`,
  iam: ['ecs:UpdateService', 'ecs:DescribeServices'],
});
