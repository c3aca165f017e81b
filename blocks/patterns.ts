import type { KnownBlock } from '@slack/types';
import { MATCH_THRESHOLD, type Pattern, type PatternMatch } from '../src/domain/pattern.ts';
import type { PatternAnswer } from '../src/domain/requests.ts';
import { type Card, type CardOptions, code, percent, safe } from './card.ts';
import { patternLink, sameProblem } from './incident-words.ts';
import { say } from './locales/say.ts';
import { actions, button, context, fields, header, list, section } from './parts.ts';
import { actionTitle, riskWords } from './plan-words.ts';

/** What the knowledge base found: the same problem first, then what is only somewhat alike. */
export function patternsCard(answer: PatternAnswer, query: string, options: CardOptions): Card {
  const words = say(options.locale);
  const same = sameProblem(answer.matches);
  const alike = answer.matches.filter((match) => match.similarity <= MATCH_THRESHOLD);
  const asked = safe(query, 200);
  const summary = same.length === 0 ? words('patterns.none', { query: asked }) : words('patterns.found', { n: same.length, query: asked });
  const blocks: KnownBlock[] = [
    section(`📚 ${summary}`),
    ...list(
      words('patterns.same'),
      same.slice(0, 8).map((match) => matchLine(match, options)),
    ),
    ...list(
      words('patterns.alike'),
      alike.slice(0, 3).map((match) => matchLine(match, options)),
    ),
    ...context([words('patterns.source', { source: safe(answer.source, 80) })]),
  ];
  return { text: summary, blocks };
}

function matchLine(match: PatternMatch, options: CardOptions): string {
  const words = say(options.locale);
  const common = match.why.slice(0, 5).map((one) => safe(one, 30));
  const why = common.length === 0 ? '' : ` · ${words('patterns.common', { words: common.join(', ') })}`;
  return `${patternLink(match.patternId, match.title, options)} ${code(match.patternId, 20)} *${percent(match.similarity)}* · ${words(`category.${match.category}`)}${why}`;
}

/** The archive's `14min` as people write it. */
function about(time: string, options: CardOptions): string {
  const [, n, unit] = /^(\d+)(s|min|h)$/.exec(time) ?? [];
  return n === undefined || unit === undefined ? safe(time, 20) : say(options.locale)(`unit.${unit as 's' | 'min' | 'h'}`, { n });
}

/** One pattern in full: how it looks, why it happens, what helps and how often it did. */
export function patternCard(pattern: Pattern, options: CardOptions): Card {
  const words = say(options.locale);
  const subject = pattern.pattern_id;
  const { metadata } = pattern;
  const never = words('pattern.unknown');
  const blocks: KnownBlock[] = [
    header(`📚 ${pattern.pattern_id} · ${pattern.title}`),
    section(safe(pattern.description, 800)),
    ...list(
      words('pattern.symptoms'),
      pattern.symptoms.slice(0, 8).map((line) => safe(line, 150)),
    ),
    ...list(
      words('pattern.causes'),
      pattern.root_causes.slice(0, 8).map((line) => safe(line, 150)),
    ),
    ...list(
      words('pattern.solutions'),
      pattern.solutions
        .slice(0, 6)
        .map(
          (one) =>
            `${safe(actionTitle(one.action, options.locale), 80)} ${code(one.action, 64)} · ${percent(one.confidence)} · ${riskWords(one.risk, options.locale)}`,
        ),
    ),
    ...fields([
      [words('pattern.category'), words(`category.${pattern.category}`)],
      [words('pattern.seen'), words('pattern.times', { n: metadata.occurrence_count })],
      [words('pattern.last_seen'), metadata.last_seen === null ? never : safe(metadata.last_seen, 20)],
      [words('pattern.success'), metadata.success_rate === null ? never : percent(metadata.success_rate)],
      [words('pattern.heals_in'), metadata.avg_resolution_time === null ? never : about(metadata.avg_resolution_time, options)],
    ]),
    ...actions([button(words('button.good'), { verb: 'feedback_good', subject }), button(words('button.bad'), { verb: 'feedback_bad', subject })]),
  ];
  return { text: safe(`${pattern.pattern_id}: ${pattern.title}`, 300), blocks };
}
