/** One guard taken out of the code, and the tests that have to notice. */
export interface Mutation {
  readonly guard: string;
  readonly file: string;
  readonly find: string; // stands there exactly once
  readonly put: string;
  readonly test: string;
}

const PLANS = 'test/loop/plans';

/** The guards between a click and the account. Each line names one test file that fails without it. */
export const MUTATIONS: readonly Mutation[] = [
  {
    guard: 'the switch, inside the claim',
    file: 'src/loop/plans/execute.ts',
    find: 'if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length > 0) return null;',
    put: '',
    test: `${PLANS}/kill-switch.test.ts`,
  },
  {
    guard: 'the switch, inside the claim (the model alone)',
    file: 'src/loop/plans/execute.ts',
    find: 'if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length > 0) return null;',
    put: '',
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'the switch, once more before the target is told',
    file: 'src/loop/plans/execute.ts',
    find: "if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length > 0) return 'paused';",
    put: '',
    test: `${PLANS}/kill-switch.test.ts`,
  },
  {
    guard: 'the end of its time, inside the claim',
    file: 'src/loop/plans/execute.ts',
    find: 'if (plan.expiresAtMs !== null && nowMs >= plan.expiresAtMs) return null;',
    put: '',
    test: `${PLANS}/kill-switch.test.ts`,
  },
  {
    guard: 'the policy that was checked is still in force at the claim',
    file: 'src/loop/plans/execute.ts',
    find: 'if (policyDigest(ops.policy) !== policyDigest(checked)) return null;',
    put: '',
    test: `${PLANS}/policy-reload.test.ts`,
  },
  {
    guard: 'a claim only from a state that may start',
    file: 'src/store/plans.ts',
    find: '!move.from.includes(before.state) || ',
    put: '',
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'the digest a button carries',
    file: 'src/action/people.ts',
    find: "if (digest !== null && !plan.digest.startsWith(digest)) return 'plan_changed';",
    put: '',
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'nobody approves their own request',
    file: 'src/action/people.ts',
    find: "if (personOf(plan.requestedBy) === userId) return 'requester';",
    put: '',
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'one person counts once',
    file: 'src/action/people.ts',
    find: "if (plan.approvals.some((approval) => approval.userId === userId)) return 'already_approved';",
    put: '',
    test: 'test/action/people.test.ts',
  },
  {
    guard: 'machines approve nothing',
    file: 'src/action/people.ts',
    find: "if (person === null || person.isBot || person.deactivated) return 'unknown_person';",
    put: "if (person === null) return 'unknown_person';",
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'the quorum',
    file: 'src/loop/plans/approvals.ts',
    find: 'if (now === null || countingApprovals(now) < now.approvalsNeeded) return false;',
    put: 'if (now === null) return false;',
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'one of the executors among those who approve',
    file: 'src/action/people.ts',
    find: "lacks.push({ kind: 'executor', people: executors });",
    put: 'lacks.slice();',
    test: `${PLANS}/safety.test.ts`,
  },
  {
    guard: 'one from outside the group of the person who asked',
    file: 'src/action/people.ts',
    find: 'if (theirs.size > 0 && !outside)',
    put: 'if (theirs.size > 99 && !outside)',
    test: `${PLANS}/safety.test.ts`,
  },
  {
    guard: 'who approved may still approve, at execution',
    file: 'src/loop/plans/recheck.ts',
    find: "!== null) return { kind: 'void', reason: 'approval_gone' };",
    put: '!== null) continue;',
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'the target is read again, and is what was approved',
    file: 'src/loop/plans/recheck.ts',
    find: 'planDigest(plan, state) === plan.digest ?',
    put: "planDigest(plan, state) !== '' ?",
    test: `${PLANS}/approval-model.test.ts`,
  },
  {
    guard: 'one plan at a time on a target',
    file: 'src/action/guard.ts',
    find: "return 'target_busy';",
    put: 'return null;',
    test: `${PLANS}/safety.test.ts`,
  },
  {
    guard: 'what failed twice asks a person',
    file: 'src/action/policy.ts',
    find: 'if (when.failures >= policy.max_failures_per_day)',
    put: 'if (when.failures >= 99)',
    test: `${PLANS}/safety.test.ts`,
  },
  {
    guard: 'only operators resume',
    file: 'src/loop/verbs/pause.ts',
    find: "await requireListed(ops, actor, 'operators', 'resume actions');",
    put: '',
    test: `${PLANS}/kill-switch.test.ts`,
  },
  {
    guard: 'only operators reload the policy',
    file: 'src/loop/verbs/policy.ts',
    find: "await requireListed(ops, actor, 'operators', 'reload the policy');",
    put: '',
    test: `${PLANS}/policy-reload.test.ts`,
  },
  {
    guard: 'a policy that lowers a risk is refused',
    file: 'src/loop/policy-source.ts',
    find: 'if (problems.length > 0)',
    put: 'if (problems.length > 99)',
    test: `${PLANS}/policy-reload.test.ts`,
  },
  {
    guard: 'taking back waits while it is paused',
    file: 'src/loop/stages/verify.ts',
    find: 'if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length === 0) {',
    put: 'if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length < 99) {',
    test: `${PLANS}/kill-switch.test.ts`,
  },
  {
    guard: 'an incident that joined is judged by its own metrics',
    file: 'src/loop/stages/verify.ts',
    find: 'const verdict = await look(ops, plan, incident.id);',
    put: 'const verdict = await look(ops, plan, plan.incidentId);',
    test: `${PLANS}/joined.test.ts`,
  },
  {
    guard: 'a row of the audit is what was hashed',
    file: 'src/store/verify.ts',
    find: 'auditHash(row) === row.hash',
    put: 'row.hash !== null',
    test: 'test/store/tamper.test.ts',
  },
  {
    guard: 'no secrets on cards',
    file: 'blocks/card.ts',
    find: 'redact(text.slice(0, REDACTED_MAX), SECRETS_ONLY)',
    put: 'text.slice(0, REDACTED_MAX)',
    test: `${PLANS}/canaries.test.ts`,
  },
  {
    guard: 'no secrets in log lines',
    file: 'src/log.ts',
    find: 'JSON.stringify(withoutSecrets(JSON.parse(line), known))',
    put: 'JSON.stringify(JSON.parse(line))',
    test: `${PLANS}/canaries.test.ts`,
  },
  {
    guard: 'no secrets in the audit',
    file: 'src/store/audit.ts',
    find: 'redactAll(origin === null ? draft.detail : { ...draft.detail, origin }, SECRETS_ONLY)',
    put: '(origin === null ? draft.detail : { ...draft.detail, origin })',
    test: `${PLANS}/canaries.test.ts`,
  },
];
