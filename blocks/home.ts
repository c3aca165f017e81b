import type { Button, HomeView, KnownBlock } from '@slack/types';
import type { Plan } from '../src/domain/plan.ts';
import type { Preferences } from '../src/domain/quiet.ts';
import type { QuietView, StatusView, WeekView } from '../src/domain/views.ts';
import { type CardOptions, mention, safe } from './card.ts';
import { incidentLine, moreLine } from './detect.ts';
import { localised, say } from './locales/say.ts';
import { actions, button, context, header, section } from './parts.ts';
import { planButtons } from './plan.ts';
import { actionOnTarget, approvalLines, deadline, pausedLines, planState, riskWords } from './plan-words.ts';
import { quietBlocks } from './quiet.ts';
import { healthBlocks } from './status.ts';
import { weekFigures } from './week.ts';

const SHOWN_PLANS = 6;
const SHOWN_INCIDENTS = 8;
const SHOWN_SILENCES = 5;

export interface HomeData {
  readonly userId: string;
  readonly waitingForMe: readonly Plan[];
  readonly status: StatusView;
  readonly quiet: QuietView;
  readonly week: WeekView;
  readonly preferences: Preferences;
}

/** One person's Home tab: what waits for them first, then what is open, what is quiet, the week, the loop, and their settings. */
export function homeView(data: HomeData, options: CardOptions): HomeView {
  const words = say(options.locale);
  const { waitingForMe: waiting, status, quiet } = data;
  const isQuiet = quiet.silences.length + quiet.maintenance.length > 0;
  return {
    type: 'home',
    blocks: [
      section(words('home.hello', { who: mention(data.userId) ?? safe(data.userId, 40) })),
      ...actions(quickActions(status, options)),
      ...pausedSection(status, options),
      header(`✋ ${words('home.waiting', { n: waiting.length })}`),
      ...(waiting.length === 0 ? [section(words('home.nothing'))] : waiting.slice(0, SHOWN_PLANS).flatMap((plan) => waitingBlocks(plan, options))),
      ...context([moreLine(waiting.length - SHOWN_PLANS, options.locale) ?? '']),
      header(`🚨 ${words('home.open', { n: status.openIncidents.length })}`),
      ...openBlocks(status, options),
      ...(isQuiet ? [header(`🔕 ${words('silences.title')}`), ...quietBlocks(quiet, options, SHOWN_SILENCES)] : []),
      header(`🗓️ ${words('week.title')}`),
      ...weekFigures(data.week, options),
      header(`📊 ${words('status.title')}`),
      ...healthBlocks(status, options),
      { type: 'divider' },
      ...settings(data.preferences, options),
      ...context([words('home.try')]),
    ],
  };
}

function quickActions(status: StatusView, options: CardOptions): Button[] {
  const words = say(options.locale);
  const paused = status.paused.some((one) => one.scope === 'all');
  return [
    button(words('button.detect'), { verb: 'detect', subject: 'now' }),
    button(words('button.silence'), { verb: 'silence', subject: 'new' }),
    button(words('button.map'), { verb: 'topology', subject: 'all' }),
    paused
      ? button(words('button.resume'), { verb: 'resume', subject: 'all' })
      : button(
          words('button.pause'),
          { verb: 'pause', subject: 'all' },
          {
            style: 'danger',
            confirm: { title: words('confirm.pause.title'), text: words('confirm.pause.text'), yes: words('button.pause'), no: words('button.back') },
          },
        ),
  ];
}

function pausedSection(status: StatusView, options: CardOptions): KnownBlock[] {
  const paused = pausedLines(status.paused, options);
  return paused.length === 0 ? [] : [section(paused.join('\n'))];
}

function openBlocks(status: StatusView, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const { openIncidents } = status;
  if (openIncidents.length === 0) return [section(`✅ ${words('status.calm')}`)];
  const worst = openIncidents.toSorted((a, b) => b.severity - a.severity).slice(0, SHOWN_INCIDENTS);
  const lines = worst.map((one) => {
    const by = one.acknowledgedBy === null ? null : mention(one.acknowledgedBy);
    return `${incidentLine(one, options.locale)}${by === null ? '' : ` · 👀 ${by}`}`;
  });
  const more = moreLine(openIncidents.length - SHOWN_INCIDENTS, options.locale);
  return [section([...lines.map((line) => `• ${line}`), ...(more === null ? [] : [more])].join('\n'))];
}

function waitingBlocks(plan: Plan, options: CardOptions): KnownBlock[] {
  const title = [`*${safe(plan.id, 20)}* ${planState(plan.state, options.locale)}`, actionOnTarget(plan, options.locale), riskWords(plan.risk, options.locale)];
  const lines = [title.join(' · '), safe(localised(plan.blastRadius, options.locale), 200), ...approvalLines(plan, options).slice(-3), deadline(plan, options)];
  return [section(lines.filter((line) => line !== '').join('\n')), ...actions(planButtons(plan, options))];
}

const LANGUAGES = ['auto', 'en', 'zh'] as const;

/** The chosen language is marked in words; the button of what is chosen already is left out. */
function settings({ locale, dm }: Preferences, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  return [
    section(`*${words('home.settings')}*\n${words('home.language', { now: words(`language.${locale}`) })}\n${words(dm ? 'home.dm.on' : 'home.dm.off')}`),
    ...actions([
      ...LANGUAGES.filter((one) => one !== locale).map((one) => button(words(`language.${one}`), { verb: 'set_language', subject: one })),
      button(words(dm ? 'button.dm_off' : 'button.dm_on'), { verb: 'set_dm', subject: dm ? 'off' : 'on' }),
    ]),
  ];
}
