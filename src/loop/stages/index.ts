import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import type { Stage } from '../stage.ts';
import { alarms } from './alarms.ts';
import { analyse } from './analyse.ts';
import { checkpoint } from './checkpoint.ts';
import { collect } from './collect.ts';
import { correlate } from './correlate.ts';
import { detect } from './detect.ts';
import { digest } from './digest.ts';
import { execute } from './execute.ts';
import { learn } from './learn.ts';
import { logs } from './logs.ts';
import { match } from './match.ts';
import { recommend } from './recommend.ts';
import { MAY_RECOVER, recover } from './recover.ts';
import { NEEDS_SOMEBODY, remind } from './remind.ts';
import { upkeep } from './upkeep.ts';
import { verify } from './verify.ts';

/** The closed loop (seed §5.1, §5.2), in the order of a tick. */
export const CLOSED_LOOP: readonly Stage[] = [
  { name: 'collect', run: collect }, // metrics, logs, changes, alarms, topology
  { name: 'detect', run: detect }, // points → anomalies
  { name: 'alarms', run: alarms }, // alarms of others → anomalies
  { name: 'logs', run: logs }, // log lines → anomalies
  { name: 'correlate', run: correlate }, // anomalies → incidents
  { name: 'match', states: LIVE_INCIDENT_STATES, each: match }, // incident → known patterns
  { name: 'analyse', states: ['open', 'analysed'], each: analyse }, // → root cause, solutions, runbook
  { name: 'recommend', states: ['analysed'], each: recommend }, // → plan, decided by risk
  { name: 'execute', run: execute }, // what may run runs, once
  { name: 'verify', run: verify }, // did it help?
  { name: 'recover', states: MAY_RECOVER, each: recover }, // what ended by itself
  { name: 'learn', run: learn }, // outcome → pattern
  { name: 'jobs', run: (ops) => ops.jobs.tick() },
];

/** What comes round by the clock; each looks itself whether it is due. With several replicas any of them does it. */
export const HOUSEKEEPING: readonly Stage[] = [
  { name: 'remind', states: NEEDS_SOMEBODY, each: remind }, // what nobody has taken
  { name: 'digest', run: digest }, // once a week
  { name: 'upkeep', run: upkeep },
  { name: 'checkpoint', run: checkpoint }, // the audit's end, signed, into the archive
];

const PUSHED = ['alarms', 'correlate', 'match', 'analyse', 'recommend', 'execute'];

/** What an alarm goes through that was pushed to opsloop, without waiting for the next tick. */
export const URGENT: readonly Stage[] = CLOSED_LOOP.filter((stage) => PUSHED.includes(stage.name));
