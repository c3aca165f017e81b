import type { PauseReport, SentStep } from '../src/domain/requests.ts';
import { type Card, type CardOptions, safe } from './card.ts';
import { say } from './locales/say.ts';
import { context, list, section } from './parts.ts';
import { actionOnTarget, scopeWords } from './plan-words.ts';

const MAX_NAMES = 20;
const MAX_SENT = 10;

/** What is off now, what will not start because of it, and what could not be stopped any more. */
export function pausedCard(report: PauseReport, options: CardOptions): Card {
  const words = say(options.locale);
  const text = words('pause.done', { scope: scopeWords(report.scope, options.locale) });
  return {
    text,
    blocks: [
      section(`⏸️ *${text}*`),
      ...names(words('pause.held'), report.held, options),
      ...names(words('pause.stopped'), report.stopped, options),
      ...list(`⚠️ ${words('pause.running')}`, sentLines(report.sent, options)),
      ...context([words('pause.hint')]),
    ],
  };
}

/** What runs again; an empty list means that nothing was paused. */
export function resumedCard(scopes: readonly string[], options: CardOptions): Card {
  const words = say(options.locale);
  const shown = scopes.slice(0, MAX_NAMES).map((scope) => scopeWords(scope, options.locale));
  const text = scopes.length === 0 ? words('resume.nothing') : words('resume.done', { scopes: shown.join(', ') });
  return { text, blocks: [section(`▶️ ${text}`)] };
}

/** "*PLAN-12* · *Restart the service* on `ecs/checkout`", one a line. */
function sentLines(sent: readonly SentStep[], options: CardOptions): string[] {
  const words = say(options.locale);
  const lines = sent.slice(0, MAX_SENT).map((step) => {
    const back = step.doing === 'rollback' ? ` (${words('pause.taking_back')})` : '';
    return `*${safe(step.planId, 40)}* · ${actionOnTarget(step, options.locale)}${back}`;
  });
  return sent.length > MAX_SENT ? [...lines, words('list.more', { n: sent.length - MAX_SENT })] : lines;
}

function names(title: string, ids: readonly string[], options: CardOptions) {
  if (ids.length === 0) return [];
  const shown = ids.slice(0, MAX_NAMES).map((id) => `*${safe(id, 40)}*`);
  const more = ids.length > MAX_NAMES ? [say(options.locale)('list.more', { n: ids.length - MAX_NAMES })] : [];
  return list(title, [[...shown, ...more].join(', ')]);
}
