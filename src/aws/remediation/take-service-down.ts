import { changedSince, compare, type Doing, refuse } from './doing.ts';
import { serviceOf, serviceRelies, serviceSummary, updateService } from './ecs.ts';

export const takeServiceDown: Doing = {
  name: 'take_service_down',
  kinds: ['ecs'],
  async prepare(target, _params, signal) {
    const now = await serviceOf(target, signal);
    const before = now.desiredCount ?? 0;
    return {
      summary: serviceSummary(now),
      relies: serviceRelies(now),
      refusal: before === 0 ? refuse(`${target.name} is down already.`) : null,
      effect: `Stops all ${before} tasks of ${target.name}; it answers nobody until it is brought back.`,
      before: { before: String(before), after: '0' },
      async act(_key, abort) {
        await updateService(target, { desiredCount: 0 }, abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    return compare(String((await serviceOf(target, signal)).desiredCount), receipt);
  },
  async undo(target, receipt, signal) {
    const now = String((await serviceOf(target, signal)).desiredCount);
    if (now === receipt['before']) return;
    if (now !== receipt['after']) throw changedSince(target, 'The number of tasks');
    await updateService(target, { desiredCount: Number(receipt['before']) }, signal);
  },
};
