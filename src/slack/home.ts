import { welcomeCard } from '../../blocks/help.ts';
import { homeView } from '../../blocks/home.ts';
import type { Plan } from '../domain/plan.ts';
import type { WeekView } from '../domain/views.ts';
import { call, logFailure } from './client.ts';
import { askerOf, type EdgeContext } from './context.ts';
import { preferencesOf } from './preferences.ts';

const PEOPLE_MAX = 50;
const RECENT_MS = 60 * 60_000;
const WEEK_FRESH_MS = 60_000; // the week's figures are counted at most once in this time

/** The Home tab: published when somebody opens it, and again after changes for those who opened it in the last hour. */
export interface Home {
  opened(context: EdgeContext, userId: string, tab: string): Promise<void>;
  /** Something people look at has changed. */
  changed(): void;
  stop(): void;
}

export function createHome(mayApprove: (userId: string, plan: Plan) => Promise<boolean>, againAfterMs: number): Home {
  const openedAtMs = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  let last: EdgeContext | null = null;
  let counted: { readonly atMs: number; readonly week: WeekView } | null = null;

  const weekOf = async (context: EdgeContext): Promise<WeekView> => {
    const nowMs = context.clock.now();
    if (counted === null || Math.abs(nowMs - counted.atMs) > WEEK_FRESH_MS) counted = { atMs: nowMs, week: await context.verbs.week() };
    return counted.week;
  };
  const publish = async (context: EdgeContext, userId: string): Promise<void> => {
    const [{ forMe }, status, quiet, week, preferences] = await Promise.all([
      askerOf(context, userId, null),
      context.verbs.status(),
      context.verbs.silences(),
      weekOf(context),
      preferencesOf(context.store, userId),
    ]);
    const waitingForMe: Plan[] = [];
    for (const plan of status.waitingPlans) {
      const undecided = plan.state === 'awaiting_approval' && !plan.approvals.some((approval) => approval.userId === userId);
      if (undecided && (await mayApprove(userId, plan))) waitingForMe.push(plan);
    }
    const view = homeView({ userId, waitingForMe, status, quiet, week, preferences }, forMe);
    await call('views.publish', () => context.client.views.publish({ user_id: userId, view }));
  };
  const again = async (context: EdgeContext): Promise<void> => {
    for (const [userId, atMs] of openedAtMs) {
      if (context.clock.now() - atMs > RECENT_MS) openedAtMs.delete(userId);
      else await publish(context, userId).catch((error: unknown) => logFailure(context.log, error, { userId }, 'a Home tab could not be published'));
    }
  };
  return {
    async opened(context, userId, tab) {
      last = context;
      await welcome(context, userId);
      if (tab !== 'home') return;
      const oldest = openedAtMs.keys().next();
      openedAtMs.delete(userId);
      if (openedAtMs.size >= PEOPLE_MAX && oldest.done !== true) openedAtMs.delete(oldest.value);
      openedAtMs.set(userId, context.clock.now());
      await publish(context, userId);
    },
    changed() {
      if (timer !== null || last === null || openedAtMs.size === 0) return;
      const context = last;
      timer = setTimeout(() => {
        timer = null;
        void again(context);
      }, againAfterMs);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      openedAtMs.clear();
    },
  };
}

/** First words in the DM, once for each person. */
export async function welcome(context: EdgeContext, userId: string): Promise<void> {
  if (!(await context.store.settings.set(`welcomed:${userId}`, 'yes', context.clock.now(), { onlyIfAbsent: true }))) return;
  const { forMe } = await askerOf(context, userId, null);
  await context.poster.post({ channel: userId, threadTs: null }, welcomeCard(forMe), { subject: 'welcome', notice: null });
}
