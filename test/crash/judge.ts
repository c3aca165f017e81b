import type { Plan } from '../../src/domain/plan.ts';
import type { MessageRef } from '../../src/domain/store.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { textOf } from '../support/world.ts';
import type { JournalLine } from './account.ts';

/** What must never be. */
export interface Faults {
  readonly doubleExecution: boolean; // the account was acted on twice for one plan
  readonly lostReport: boolean; // the plan did not end, or its thread does not say how
  readonly lostAlert: boolean; // the incident has no card, or several
}

interface Evidence {
  readonly plan: Plan;
  readonly incidentId: string;
  readonly journal: readonly JournalLine[]; // of this run
  readonly ref: MessageRef | null; // of the incident's card
  readonly slack: Pick<LocalSlack, 'messages' | 'thread'>;
  readonly channel: string;
}

/** Holds the account's own journal and what people see in Slack against the plan. */
export function faultsOf({ plan, incidentId, journal, ref, slack, channel }: Evidence): Faults {
  const cards = slack.messages(channel).filter((message) => JSON.stringify(message.metadata ?? {}).includes(`"${incidentId}"`));
  const thread = ref === null ? [] : slack.thread(ref.channel, ref.ts).map((message) => letters(textOf(message)));
  const executed = journal.filter((line) => line.doing === 'execute').map((line) => line.key);
  const report = plan.outcome === null ? null : letters(plan.outcome.detail.text);
  return {
    doubleExecution: new Set(executed).size < executed.length,
    lostReport: report === null || !thread.some((text) => text.includes(report)),
    lostAlert: cards.length !== 1,
  };
}

/** Only letters and digits: cards may mark words up. */
const letters = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
