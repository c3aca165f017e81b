import { OpsError } from '../src/domain/errors.ts';
import { parseSubject, requireSubject } from '../src/domain/names.ts';
import { subjectAtStart } from './arguments.ts';
import type { Ask, Tools } from './types.ts';
import { words } from './words.ts';

/**
 * The plan a decision is about, and the words after it. Without a name in an incident's thread it is the one plan of that
 * incident that waits; with several the person must say which.
 */
export async function whichPlan(ask: Ask, usage: string, tools: Tools): Promise<{ readonly planId: string; readonly reason: string }> {
  const parts = ask.text.split(' ').filter((part) => part !== '');
  const bare = /^#?\d{1,9}$/.test(parts[0] ?? '') ? { subject: requireSubject(parts[0] ?? '', 'plan').id, used: 1 } : null;
  const named = bare ?? subjectAtStart(parts);
  if (named !== null) return { planId: requireSubject(named.subject, 'plan').id, reason: parts.slice(named.used).join(' ') };
  const about = ask.about === null ? null : parseSubject(ask.about);
  if (about?.kind === 'plan') return { planId: about.id, reason: ask.text };
  if (about?.kind === 'incident') return { planId: await theWaitingPlan(about.id, ask, tools), reason: ask.text };
  const say = words(ask.forMe.locale);
  if (parts.length > 0) requireSubject(parts[0] ?? '', 'plan');
  throw new OpsError('invalid_input', say.needs(usage), say.example('approve PLAN-34'));
}

async function theWaitingPlan(incidentId: string, ask: Ask, { verbs }: Tools): Promise<string> {
  const waiting = (await verbs.incident(incidentId)).plans.filter((plan) => plan.state === 'awaiting_approval' || plan.state === 'notified');
  const say = words(ask.forMe.locale);
  const [first, second] = waiting;
  if (first === undefined) throw new OpsError('not_found', say.noPlanWaits(incidentId), say.tryHelp);
  if (second !== undefined) throw new OpsError('conflict', say.severalPlans(waiting.map((plan) => plan.id).join(', ')), say.example(`approve ${first.id}`));
  return first.id;
}
