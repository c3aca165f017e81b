import { describe, expect, it } from 'vitest';
import { plan } from '../support/make.ts';
import { campaign } from './campaign.ts';
import { faultsOf } from './judge.ts';
import { replicaCampaign } from './replicas/campaign.ts';
import { judgeAlert, judgePlan } from './replicas/judge.ts';

const LONG = Boolean(process.env['OPSLOOP_LONG']);
const RUNS = LONG ? 2000 : 0;

const message = (text: string, ts: string, metadata: object | null = null) => ({
  ...{
    ts,
    channel: 'C1',
    threadTs: '1',
    user: 'U0BOT',
    fromBot: true,
    text,
    blocks: [],
    attachments: [],
    reactions: [],
    files: [],
    editedTs: null,
    ephemeralTo: null,
  },
  ...{ metadata: metadata === null ? null : { ...metadata }, streaming: false },
});
const card = message('INC-1', '1', { event_payload: { subject: 'INC-1' } });
const detail = { code: 'plan.healed', params: {}, text: 'It worked: the metrics are back.' };
const ended = plan({ state: 'succeeded', outcome: { result: 'succeeded', atMs: 0, detail, verified: true, durationMs: 1 } });
const line = (key: string) => ({ doing: 'execute' as const, key, action: 'rollback_deploy', targetId: 'ecs/plain' });

function judged(over: { journal?: ReturnType<typeof line>[]; root?: ReturnType<typeof message>[]; replies?: ReturnType<typeof message>[] }) {
  const { journal = [line('a')], root = [card], replies = [message('*It worked*: the metrics are back.', '2')] } = over;
  const slack = { messages: () => root, thread: () => [...root, ...replies] };
  return faultsOf({ plan: ended, incidentId: 'INC-1', journal, ref: { channel: 'C1', ts: '1' }, slack, channel: 'C1' });
}

describe('the judge of the crash test', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(judged({})).toEqual({ doubleExecution: false, lostReport: false, lostAlert: false });
  });

  it('sees a plan that was executed twice, a report that is not there, a card that is missing or doubled', () => {
    expect(judged({ journal: [line('a'), line('a')] })).toMatchObject({ doubleExecution: true });
    expect(judged({ journal: [line('a'), line('b')] })).toMatchObject({ doubleExecution: false }); // another plan
    expect(judged({ replies: [message('PLAN-1 ran.', '2')] })).toMatchObject({ lostReport: true });
    for (const root of [[], [card, card]]) expect(judged({ root })).toMatchObject({ lostAlert: true });
  });
});

describe('the judge of the crash test with several replicas', () => {
  const approved = { approvals: [{ userId: 'U0ANA0001', atMs: 0, digest: 'd', via: 'button' as const }] };

  it('finds nothing where a plan ran once, or is said never to have reached its target and did not', () => {
    expect(judgePlan(plan({ ...approved, state: 'verifying' }), 1, 1)).toBeNull();
    const interrupted = { ...detail, code: 'plan.interrupted' };
    const failed = plan({ ...approved, state: 'failed', outcome: { result: 'failed', atMs: 0, detail: interrupted, verified: false, durationMs: null } });
    expect(judgePlan(failed, 0, 1)).toBeNull();
    expect(judgePlan(failed, 1, 1)).toBe('lost action');
  });

  it('sees what ran twice, what was approved and never ran, and a yes that is gone', () => {
    expect(judgePlan(plan({ ...approved, state: 'verifying' }), 2, 1)).toBe('double');
    expect(judgePlan(plan({ ...approved, state: 'approved' }), 0, 1)).toBe('lost action');
    expect(judgePlan(plan({ ...approved, state: 'verifying' }), 0, 1)).toBe('lost action');
    expect(judgePlan(plan({ state: 'awaiting_approval' }), 0, 1)).toBe('lost approval');
    expect(judgePlan(plan({ ...approved, state: 'verifying' }), 1, 0)).toBe('lost approval');
  });

  it('sees an alert that became nothing, has no card, or became two', () => {
    expect([judgeAlert(1, 'INC-1', 1), judgeAlert(0, null, 0), judgeAlert(1, 'INC-1', 0)]).toEqual([null, 'lost', 'lost']);
    expect([judgeAlert(2, 'INC-1', 1), judgeAlert(1, 'INC-1', 2)]).toEqual(['double', 'double']);
  });
});

describe.runIf(LONG)('three replicas of which one is killed, 200 times', () => {
  it('lose no alert, no approval and no action, double none, and go on within ten seconds', { timeout: 7_200_000 }, async () => {
    const result = await replicaCampaign(200, 3, 1, () => undefined);
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ kills: 200, brokenChains: 0 });
    expect(result.slowest).toBeLessThan(10_000);
  });
});

describe.runIf(LONG)('a bot that is killed at every await between approve and report', () => {
  it(`executes nothing twice and loses no report in ${RUNS} crashes`, { timeout: 3_600_000 }, async () => {
    const result = await campaign(RUNS, 1, () => undefined);
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ doubleExecutions: 0, lostReports: 0, lostAlerts: 0, brokenChains: 0, missed: [] });
    expect(result.crashes).toBeGreaterThanOrEqual(RUNS);
  });
});
