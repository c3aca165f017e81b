import type { Clock } from '../domain/ports.ts';
import type { Repositories } from '../domain/store.ts';
import { anomalies } from './anomalies.ts';
import { attempts } from './attempts.ts';
import { audit } from './audit.ts';
import { dedupe } from './dedupe.ts';
import { detector } from './detector.ts';
import { feedback } from './feedback.ts';
import { incidents } from './incidents.ts';
import { learning } from './learning.ts';
import { leases } from './leases.ts';
import { messages } from './messages.ts';
import { metrics } from './metrics.ts';
import { outbox } from './outbox.ts';
import { pace } from './pace.ts';
import { patternVersions } from './pattern-versions.ts';
import { plans } from './plans.ts';
import type { Session } from './session.ts';
import { settings } from './settings.ts';
import { sharedPatterns } from './shared-patterns.ts';
import { signals } from './signals.ts';
import { silences } from './silences.ts';
import { switches } from './switches.ts';
import { tokens } from './tokens.ts';
import { watermarks } from './watermarks.ts';

/** All aggregates over one session: the same code inside and outside a transaction. */
export const repositories = (session: Session, clock: Clock): Repositories => ({
  watermarks: watermarks(session),
  metrics: metrics(session),
  detector: detector(session, clock),
  signals: signals(session),
  anomalies: anomalies(session),
  incidents: incidents(session),
  plans: plans(session),
  attempts: attempts(session),
  feedback: feedback(session),
  learning: learning(session),
  patternVersions: patternVersions(session),
  sharedPatterns: sharedPatterns(session),
  audit: audit(session),
  outbox: outbox(session),
  messages: messages(session),
  dedupe: dedupe(session),
  switches: switches(session),
  silences: silences(session),
  tokens: tokens(session),
  settings: settings(session),
  leases: leases(session),
  pace: pace(session),
});
