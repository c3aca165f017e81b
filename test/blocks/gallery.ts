import type { HomeView, ModalView } from '@slack/types';
import { analysisCard, whyModal } from '../../blocks/analysis.ts';
import { auditCard } from '../../blocks/audit.ts';
import type { Card, CardOptions } from '../../blocks/card.ts';
import { acknowledgedCard, silencedCard, stormTakenCard } from '../../blocks/confirmations.ts';
import { detectCard } from '../../blocks/detect.ts';
import { errorCard } from '../../blocks/error.ts';
import { feedbackCard } from '../../blocks/feedback.ts';
import { helpCard, welcomeCard } from '../../blocks/help.ts';
import { homeView } from '../../blocks/home.ts';
import { incidentCard } from '../../blocks/incident.ts';
import { feedbackModal, paramsModal, patternModal, rejectModal, silenceModal } from '../../blocks/modals.ts';
import { noteCard, runbookText } from '../../blocks/note.ts';
import { patternCard, patternsCard } from '../../blocks/patterns.ts';
import { planCard } from '../../blocks/plan.ts';
import { reloadedCard } from '../../blocks/policy.ts';
import { progressCard } from '../../blocks/progress.ts';
import { liftedCard, maintenanceCard, silencesCard } from '../../blocks/quiet.ts';
import { replayCard } from '../../blocks/replay.ts';
import { statusCard } from '../../blocks/status.ts';
import { stormCard } from '../../blocks/storm.ts';
import { pausedCard, resumedCard } from '../../blocks/switches.ts';
import { topologyCard } from '../../blocks/topology.ts';
import { incidentUnfurl, patternUnfurl, planUnfurl } from '../../blocks/unfurl.ts';
import { weekCard } from '../../blocks/week.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { explain } from '../../src/domain/explanation.ts';
import { INCIDENT_STATES, type Incident, type IncidentState } from '../../src/domain/incident.ts';
import { PLAN_STATES, type Plan, type PlanState } from '../../src/domain/plan.ts';
import * as samples from './samples.ts';

/** Lets a test put other data into each sample before it becomes a card; the plain gallery changes nothing. */
export type Twist = <T>(data: T) => T;
const asItIs: Twist = (data) => data;

const { incident, plan, anomaly, analysed, critical, NOW_MS } = samples;

function incidentIn(state: IncidentState): { incident: Incident; plans: Plan[] } {
  const base = { ...analysed, state };
  if (state === 'open') return { incident: incident(), plans: [] };
  if (state === 'analysed') return { incident: incident(base), plans: [] };
  if (state === 'planned') return { incident: incident(base), plans: [plan()] };
  if (state === 'acting')
    return { incident: incident({ ...base, acknowledgedBy: 'U03BOB' }), plans: [plan({ state: 'running', approvals: [samples.approval] })] };
  if (state === 'verifying') return { incident: incident(base), plans: [plan({ state: 'verifying', approvals: [samples.approval] })] };
  if (state === 'resolved') {
    const done = plan({ state: 'succeeded', approvals: [samples.approval], outcome: samples.outcome });
    return { incident: incident({ ...base, resolvedAtMs: NOW_MS, resolution: 'fixed' }), plans: [done] };
  }
  return { incident: incident(base), plans: [plan({ state: 'failed' })] };
}

function planIn(state: PlanState): Plan {
  const approvals = ['approved', 'claimed', 'running', 'verifying', 'succeeded', 'rolled_back', 'failed'].includes(state) ? [samples.approval] : [];
  const base = { state, approvals };
  if (state === 'notified') return plan({ ...base, risk: 'medium', action: 'scale_out', runAtMs: NOW_MS + 90_000 });
  if (state === 'rejected' || state === 'cancelled')
    return plan({ ...base, endedBy: { actor: { type: 'user', userId: 'U03BOB' }, reason: 'we are in the middle of a migration' } });
  if (state === 'succeeded') return plan({ ...base, outcome: samples.outcome });
  if (state === 'failed' || state === 'rolled_back') {
    const detail = explain('test.text', 'DatabaseConnections is still 490 after 10 min.');
    return plan({ ...base, outcome: { ...samples.outcome, result: state, verified: false, detail } });
  }
  return plan(base);
}

/** Every card in every state, by name. */
export function cards(options: CardOptions, twist: Twist = asItIs): [string, Card][] {
  const view = (state: IncidentState) => twist({ ...incidentIn(state), anomalies: [anomaly(), anomaly({ id: 'a2', severity: 0.5 })] });
  const report = { incident: incident(analysed), title: 'Why checkout fails', analysis: samples.analysis };
  const withPicture = { ...options, chartFileId: 'F0123456' };
  const note = explain('test.text', 'PLAN-34 waits for 10 min. Please decide.');
  return [
    ...INCIDENT_STATES.map((state): [string, Card] => [`incident ${state}`, incidentCard(view(state), state === 'analysed' ? withPicture : options)]),
    [
      'incident failed stage',
      incidentCard(
        twist({ incident: incident({ failedStage: { stage: 'analyse', error: 'ECONNREFUSED 10.0.0.1', attempts: 3 } }), anomalies: [], plans: [] }),
        options,
      ),
    ],
    [
      'incident acknowledged',
      incidentCard(
        twist({ incident: incident({ acknowledgedBy: 'U03BOB' }), anomalies: [anomaly({ direction: 'missing', value: null })], plans: [] }),
        options,
      ),
    ],
    [
      'incident forecast',
      incidentCard(
        twist({
          incident: incident({ ...analysed, analysis: { ...samples.analysis, hypotheses: [], solutions: [] } }),
          anomalies: [anomaly({ forecast: { limit: 500, atMs: NOW_MS, earliestMs: NOW_MS, latestMs: NOW_MS } })],
          plans: [],
        }),
        options,
      ),
    ],
    [
      'incident runs soon',
      incidentCard(twist({ incident: incident({ ...analysed, state: 'planned' }), anomalies: [anomaly()], plans: [planIn('notified')] }), options),
    ],
    [
      'incident recovered',
      incidentCard(twist({ incident: incident({ state: 'resolved', resolution: 'recovered', resolvedAtMs: NOW_MS }), anomalies: [], plans: [] }), options),
    ],
    ...PLAN_STATES.map((state): [string, Card] => [
      `plan ${state}`,
      planCard(twist({ plan: planIn(state), incident: incident(analysed), paused: [] }), options),
    ]),
    ['plan critical', planCard(twist({ plan: plan(critical), incident: null, paused: [] }), options)],
    ['plan paused', planCard(twist({ plan: planIn('notified'), incident: incident(), paused: [samples.allPaused] }), options)],
    ['analysis', analysisCard(twist(report), options)],
    ['analysis under way', progressCard(twist({ subject: 'INC-12' }).subject, ['time', 'resource'], 'run', options)],
    ['analysis without a cause', analysisCard(twist({ ...report, incident: null, analysis: { ...samples.analysis, hypotheses: [], solutions: [] } }), options)],
    [
      'patterns',
      patternsCard(
        twist({ matches: [...analysed.matches, { ...analysed.matches[0], patternId: 'PAT-031', similarity: 0.4 }], source: 'the embedded index' }),
        twist({ query: 'too many connections' }).query,
        options,
      ),
    ],
    ['patterns none', patternsCard(twist({ matches: [], source: 'the embedded index' }), 'apple pie', options)],
    ['pattern', patternCard(twist(samples.pattern), options)],
    [
      'detect',
      detectCard(
        twist({
          collected: { points: 184, logLines: 1201, changes: 1, alarms: 0, gaps: ['CloudTrail did not answer.'] },
          anomalies: [anomaly()],
          incidents: [incident(analysed)],
        }),
        options,
      ),
    ],
    ['detect calm', detectCard(twist({ collected: { points: 184, logLines: 0, changes: 0, alarms: 0, gaps: [] }, anomalies: [], incidents: [] }), options)],
    ['feedback', feedbackCard(twist(samples.feedbackReport), options)],
    [
      'feedback alert',
      feedbackCard(
        twist({
          ...samples.feedbackReport,
          feedback: { ...samples.feedbackReport.feedback, meaning: 'alert' as const, verdict: 'good' as const },
          confidence: null,
          sensitivity: { key: anomaly().key, before: 1, after: 0.8 },
          replaced: samples.feedbackReport.feedback,
        }),
        options,
      ),
    ],
    ['replay', replayCard('ec2_cpu_utilization_5f5533.csv', twist(anomaly({ endedAtMs: NOW_MS })), options)],
    ['status', statusCard(twist(samples.status), options)],
    ['status calm', statusCard(twist({ ...samples.status, openIncidents: [], waitingPlans: [], lastTickAtMs: null, paused: [samples.allPaused] }), options)],
    ['help', helpCard(null, options)],
    ['help fix', helpCard('/Fix', options)],
    ['help unknown', helpCard(twist({ topic: 'frobnicate' }).topic, options)],
    ['welcome', welcomeCard(options)],
    [
      'error',
      errorCard(new OpsError('not_found', twist({ message: 'There is no plan PLAN-99.' }).message, 'See the waiting plans with /ops status.'), options),
    ],
    ['note', noteCard(twist(note), ['U03BOB', 'S0ONCALL', '!channel'], options)],
    ['runbook as text', runbookText(twist({ text: '# Runbook\n1. Look at `top`.' }).text)],
    ['storm', stormCard(twist(samples.storm), options)],
    ['storm taken', stormCard(twist({ ...samples.storm, incidents: samples.storm.incidents.map((one) => ({ ...one, acknowledgedBy: 'U03BOB' })) }), options)],
    ['storm over', stormCard(twist({ ...samples.storm, incidents: [incident({ state: 'resolved' })], waiting: [] }), options)],
    ['storm calls people', stormCard(samples.storm, { ...options, mentions: ['S0ONCALL'] })],
    ['incident calls people', incidentCard(view('analysed'), { ...options, mentions: ['S0ONCALL'] })],
    ['incident with its link', incidentCard(view('planned'), { ...options, linkBase: 'https://ops.example' })],
    ['under a link to an incident', { text: 'INC-12', blocks: incidentUnfurl(view('planned'), options) }],
    [
      'under a link to a plan',
      { text: 'PLAN-34', blocks: planUnfurl(twist({ plan: planIn('awaiting_approval'), incident: incident(analysed), paused: [] }), options) },
    ],
    ['under a link to a pattern', { text: 'PAT-004', blocks: patternUnfurl(twist(samples.pattern), options) }],
    ['silences', silencesCard(twist(samples.quiet), options)],
    ['silences none', silencesCard({ silences: [], maintenance: [] }, options)],
    ['maintenance', maintenanceCard(twist(samples.maintenance), options)],
    ['lifted', liftedCard(twist({ name: 'ecs/checkout' }).name, options)],
    ['week', weekCard(twist(samples.week), withPicture)],
    ['topology', topologyCard(twist(samples.around), options)],
    ['topology well', topologyCard(twist({ ...samples.around, nodes: [], left: 3 }), options)],
    ['note in a storm', noteCard(twist(note), [], options, 'INC-12')],
    ['audit', auditCard('INC-12', twist(samples.story), options)],
    ['audit empty', auditCard('INC-12', [], options)],
    ['policy reloaded', reloadedCard(twist({ before: null, after: 'a3f1'.repeat(16), changed: ['freezes', 'approvers'] }), options)],
    ['paused', pausedCard(twist({ scope: 'all', held: ['PLAN-34'], stopped: ['PLAN-35'], running: ['PLAN-33'], sent: [samples.sent] }), options)],
    ['resumed', resumedCard(twist(['action:restart_service', 'service:checkout']), options)],
    ['resumed nothing', resumedCard([], options)],
    ['acknowledged', acknowledgedCard(twist(incident({ acknowledgedBy: 'U03BOB' })), options)],
    ['storm acknowledged', stormTakenCard('U03BOB', 14, options)],
    [
      'silenced',
      silencedCard(
        twist({ resourceId: 'ecs/checkout', untilMs: NOW_MS + 7_200_000, by: { type: 'user' as const, userId: 'U03BOB' }, reason: 'load test', atMs: NOW_MS }),
        options,
      ),
    ],
  ];
}

const narrative = { text: 'Connections ran out after checkout 4.2.1 [E1]. Traffic is not why [E3].', by: 'bedrock' };

export function views(options: CardOptions, twist: Twist = asItIs): [string, ModalView | HomeView][] {
  const report = { incident: incident(analysed), title: 'Why checkout fails', analysis: samples.analysis };
  return [
    ['why modal', whyModal(twist(report), options)],
    ['why modal with a narrative', whyModal(twist({ ...report, analysis: { ...report.analysis, narrative } }), options)],
    ['reject modal', rejectModal(twist({ id: 'PLAN-34' }).id, options)],
    ['silence modal', silenceModal(twist({ id: 'ecs/checkout' }).id, options)],
    ['silence modal, nothing given', silenceModal(null, options)],
    ['pattern modal', patternModal(twist(samples.pattern), [{ patternId: 'PAT-021', title: twist(samples.pattern).title, likeness: 0.8 }], 'INC-12', options)],
    ['feedback modal', feedbackModal('PLAN-34', 'bad', options)],
    ['feedback modal on a pattern', feedbackModal('PAT-001', 'good', options)],
    ['params modal', paramsModal(twist(plan({ params: { count: 4, zone: 'eu-west-1a' } })), options)],
    ['why modal with pictures', whyModal(twist(report), options, { timeline: 'F0123456', topology: 'F0123456' })],
    [
      'home',
      homeView({ ...twist({ ...samples.home, waitingForMe: [plan(), plan({ ...critical, id: 'PLAN-35' })] }), preferences: samples.home.preferences }, options),
    ],
    [
      'home calm',
      homeView(
        {
          ...samples.home,
          status: { ...samples.status, openIncidents: [], paused: [samples.allPaused] },
          quiet: { silences: [], maintenance: [] },
          waitingForMe: [],
          preferences: { locale: 'zh', dm: true },
        },
        options,
      ),
    ],
  ];
}
