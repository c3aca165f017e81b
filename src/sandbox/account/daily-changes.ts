import type { Happened } from './faults/fault.ts';
import { pick, uniform } from './prng.ts';
import { weekMinute } from './rhythm.ts';
import type { Node, World } from './world.ts';

export const DAY_MIN = 1440;
const STREAM = 0x0c4a;

/** What people and machines do to a healthy account all day. A pure function of seed and day; minutes count from the start. */
export function dailyChanges(
  world: World,
  day: number,
  perDay: number,
  quiet: ReadonlySet<string>,
): readonly { readonly minute: number; readonly target: Node; readonly happened: Happened }[] {
  const able = world.nodes.filter((node) => !quiet.has(node.resource.id) && CHANGES[node.resource.kind] !== undefined);
  if (able.length === 0) return [];
  const found = [];
  for (let i = 0; i < perDay; i += 1) {
    const step = day * 64 + i;
    const minute = day * DAY_MIN + pick(world.seed, STREAM, step, DAY_MIN);
    const target = able[pick(world.seed, STREAM + 1, step, able.length)];
    if (target === undefined || !atWork(world, minute)) continue;
    const make = CHANGES[target.resource.kind];
    if (make !== undefined)
      found.push({ minute, target, happened: make(target, 20 + pick(world.seed, STREAM + 2, step, 20), uniform(world.seed, STREAM + 3, step)) });
  }
  return found.toSorted((a, b) => a.minute - b.minute);
}

/** Monday to Friday, eight to eight. */
function atWork(world: World, minute: number): boolean {
  const week = weekMinute(world.rhythm, minute);
  const ofDay = week % DAY_MIN;
  return week < 5 * DAY_MIN && ofDay >= 8 * 60 && ofDay < 20 * 60;
}

const PEOPLE = ['maria', 'jonas', 'wei', 'terraform'];
const person = (roll: number): string => PEOPLE[Math.floor(roll * PEOPLE.length)] ?? 'terraform';

const CHANGES: Record<string, (node: Node, number: number, roll: number) => Happened> = {
  ecs: ({ resource }, number, roll) =>
    roll < 0.6
      ? {
          kind: 'deploy',
          source: 'cloudtrail',
          actor: 'ci-deployer',
          summary: `Deployed ${resource.name} build ${number}`,
          details: { eventName: 'UpdateService', after: `build ${number}` },
        }
      : {
          kind: 'config',
          source: 'config',
          actor: person(roll),
          summary: `Changed a tag of ${resource.name}`,
          details: { eventName: 'TagResource' },
        },
  lambda: ({ resource }, number) => ({
    kind: 'deploy',
    source: 'cloudtrail',
    actor: 'ci-deployer',
    summary: `Published version ${number} of ${resource.name}`,
    details: { eventName: 'PublishVersion20150331', after: `version ${number}` },
  }),
  iam: ({ resource }, _number, roll) => ({
    kind: 'access',
    source: 'cloudtrail',
    actor: person(roll),
    summary: `Renewed the session policy of ${resource.name}`,
    details: { eventName: 'PutRolePolicy' },
  }),
  ebs: ({ resource }, number) => ({
    kind: 'infrastructure',
    source: 'cloudtrail',
    actor: 'backup-job',
    summary: `Took snapshot ${number} of ${resource.name}`,
    details: { eventName: 'CreateSnapshot' },
  }),
  vpc: ({ resource }, _number, roll) => ({
    kind: 'infrastructure',
    source: 'config',
    actor: person(roll),
    summary: `Changed a route description in ${resource.name}`,
    details: { eventName: 'ReplaceRoute' },
  }),
};
