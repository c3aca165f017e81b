import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import { parseSubject, requireSubject } from '../../domain/names.ts';
import type { Ops } from '../ops.ts';
import type { Verbs } from '../verbs.ts';
import { weekView } from '../week.ts';
import { acknowledge, acknowledgeStorm, silence } from './acknowledge.ts';
import { analyse } from './analyse.ts';
import { approve } from './approve.ts';
import { collect, detect } from './detect.ts';
import { giveFeedback, withdrawFeedback } from './feedback.ts';
import { proposeFix } from './fix.ts';
import { draftPattern, duplicates, learn, pattern, searchPatterns } from './patterns.ts';
import { pause, resume } from './pause.ts';
import { reloadPolicy } from './policy.ts';
import { promote } from './promote.ts';
import { cancel, reject } from './reject.ts';
import { revise } from './revise.ts';
import { lift, maintenance, silences } from './silences.ts';
import { status } from './status.ts';
import { endToken, makeToken, tokens } from './tokens.ts';
import { topology } from './topology.ts';
import { incidentView, planView } from './views.ts';
import { withdrawApproval } from './withdraw.ts';

/** Everything that can be asked of opsloop, over one Ops. */
export const createVerbs = (ops: Ops): Verbs => ({
  detect: (actor) => detect(ops, actor),
  collect: () => collect(ops),
  analyse: (subject, actor, watch) => analyse(ops, subject, actor, watch),
  searchPatterns: (query) => searchPatterns(ops, query),
  pattern: (id) => pattern(ops, id),
  proposeFix: (request, actor) => proposeFix(ops, request, actor),
  approve: (planId, actor, how) => approve(ops, planId, actor, how),
  withdrawApproval: (planId, actor) => withdrawApproval(ops, planId, actor),
  reject: (planId, actor, reason) => reject(ops, planId, actor, reason),
  cancel: (planId, actor, reason) => cancel(ops, planId, actor, reason),
  giveFeedback: (request, actor) => giveFeedback(ops, request, actor),
  withdrawFeedback: (subject, actor) => withdrawFeedback(ops, subject, actor),
  acknowledge: (incidentId, actor) => acknowledge(ops, incidentId, actor),
  acknowledgeStorm: (stormId, actor) => acknowledgeStorm(ops, stormId, actor),
  silence: (resource, durationMs, reason, actor) => silence(ops, resource, durationMs, reason, actor),
  silences: () => silences(ops),
  lift: (name, actor) => lift(ops, name, actor),
  maintenance: (request, actor) => maintenance(ops, request, actor),
  revise: (planId, params, actor) => revise(ops, planId, params, actor),
  week: () => weekView(ops, ops.clock.now()),
  topology: (subject) => topology(ops, subject),
  pause: (scope, reason, actor) => pause(ops, scope, reason, actor),
  resume: (scope, actor) => resume(ops, scope, actor),
  promote: (patternId, action, actor) => promote(ops, patternId, action, actor),
  createToken: (request, actor) => makeToken(ops, request, actor),
  tokens: (actor) => tokens(ops, actor),
  revokeToken: (name, actor) => endToken(ops, name, actor),
  policy: async () => ops.policy,
  reloadPolicy: (actor) => reloadPolicy(ops, actor),
  status: () => status(ops),
  incident: (id) => incidentView(ops, requireSubject(id, 'incident').id),
  incidents: ({ open, limit }) => ops.store.incidents.list({ ...(open ? { states: LIVE_INCIDENT_STATES } : {}), limit }),
  plan: (id) => planView(ops, requireSubject(id, 'plan').id),
  audit: (subject, limit) => ops.store.audit.list({ subject: parseSubject(subject)?.id ?? subject, limit }),
  draftPattern: (incidentId) => draftPattern(ops, incidentId),
  duplicates: (draft) => duplicates(ops, draft),
  learn: (draft, actor, mergeInto) => learn(ops, draft, actor, mergeInto),
});
