import type { KnownBlock, ModalView } from '@slack/types';
import { citationsOf, type Evidence, type Hypothesis, RCA_DIMENSIONS, type Solution } from '../src/domain/rca.ts';
import type { AnalyseReport } from '../src/domain/requests.ts';
import { type Card, type CardOptions, code, date, percent, plain, safe } from './card.ts';
import { causeWords, confidence } from './incident-words.ts';
import { explained, localised, say } from './locales/say.ts';
import { actions, button, context, header, list, picture, plainText, section } from './parts.ts';
import { actionOnTarget, actionTitle, paramWords, riskWords } from './plan-words.ts';

const MOST_HYPOTHESES = 4;
const MOST_EVIDENCE = 6; // of one kind on one hypothesis: a block holds 3,000 characters
const MOST_GAPS = 8;

/** What root-cause analysis found: the likely cause with its evidence, the others, what could be done, what could not be checked. */
export function analysisCard(report: AnalyseReport, options: CardOptions): Card {
  const words = say(options.locale);
  const { analysis, incident } = report;
  const [best, ...others] = analysis.hypotheses;
  const isRepeated = best !== undefined && analysis.summary.text.startsWith(best.cause.text); // said again right below
  const blocks: KnownBlock[] = [
    header(`🔎 ${localised(report.title, options.locale)}`),
    ...narrativeBlocks(report, options),
    ...(isRepeated || analysis.narrative !== undefined ? [] : [section(safe(explained(analysis.summary, options.locale), 700))]),
    ...(best === undefined ? [section(words('analysis.nothing'))] : bestBlocks(best, options)),
    ...list(
      words('analysis.others'),
      others.slice(0, 3).map((one) => `${code(one.resourceId)} ${causeWords(one, options.locale, 200)}`),
    ),
    ...list(
      words('analysis.solutions'),
      analysis.solutions.slice(0, 3).map((one) => solutionLine(one, options)),
    ),
    ...actions(incident === null ? [] : buttons(incident.id, analysis.solutions[0], options)),
    ...context([...gapLines(report, 3, options), words('analysis.at', { when: date(analysis.atMs) })]),
  ];
  const text = best === undefined ? words('analysis.nothing') : safe(explained(best.cause, options.locale), 250);
  return { text: `${safe(localised(report.title, options.locale), 200)}: ${text}`, blocks };
}

function bestBlocks(best: Hypothesis, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const evidence = strongest(best.evidence).slice(0, 4);
  return [
    section(`*${words('incident.cause')}* ${causeWords(best, options.locale)}\n${words('analysis.located', { target: code(best.resourceId) })}`),
    ...list(
      words('analysis.evidence'),
      evidence.map((one) => evidenceLine(one, options)),
    ),
  ];
}

const strongest = (evidence: readonly Evidence[]): Evidence[] => evidence.toSorted((a, b) => b.weight - a.weight);

function evidenceLine(evidence: Evidence, options: CardOptions): string {
  const words = say(options.locale);
  const sign = evidence.supports ? words('evidence.for') : words('evidence.against');
  return `${sign} · _${words(`dimension.${evidence.dimension}`)}_ · ${safe(explained(evidence.statement, options.locale), 220)}`;
}

function solutionLine(solution: Solution, options: CardOptions): string {
  const params = paramWords(solution.params, options.locale);
  const parts = [actionOnTarget(solution, options.locale), params, riskWords(solution.risk, options.locale), percent(solution.confidence)];
  return parts.filter((part) => part !== '').join(' · ');
}

function gapLines(report: AnalyseReport, max: number, options: CardOptions): string[] {
  const words = say(options.locale);
  return report.analysis.gaps
    .slice(0, max)
    .map((gap) => words('analysis.gap', { dimension: words(`dimension.${gap.dimension}`), reason: safe(explained(gap.reason, options.locale), 200) }));
}

function buttons(subject: string, solution: Solution | undefined, options: CardOptions) {
  const words = say(options.locale);
  const fix = solution === undefined ? [] : [words('button.fix', { action: plain(actionTitle(solution.action, options.locale), 50) })];
  return [
    ...fix.map((label) => button(label, { verb: 'fix', subject }, { style: 'primary' })),
    button(words('button.why'), { verb: 'why', subject }),
    button(words('button.good'), { verb: 'feedback_good', subject }),
    button(words('button.bad'), { verb: 'feedback_bad', subject }),
  ];
}

/** Slack file ids of pictures that were drawn before; null: none. */
export interface WhyPictures {
  readonly timeline: string | null;
  readonly topology: string | null;
}
const NO_PICTURES: WhyPictures = { timeline: null, topology: null };

/** All evidence, for and against, with when it was seen; and what could not be checked. */
export function whyModal(report: AnalyseReport, options: CardOptions, pictures: WhyPictures = NO_PICTURES): ModalView {
  const words = say(options.locale);
  const hypotheses = report.analysis.hypotheses.slice(0, MOST_HYPOTHESES);
  const labels = new Map([...citationsOf(report.analysis)].map(([label, { evidence }]) => [evidence, label]));
  const gaps = gapLines(report, MOST_GAPS, options);
  return {
    type: 'modal',
    title: plainText(words('why.title'), 24),
    close: plainText(words('button.close'), 24),
    blocks: [
      section(`*${safe(localised(report.title, options.locale), 200)}*`),
      ...narrativeBlocks(report, options),
      ...(hypotheses.length === 0 ? [section(words('analysis.nothing'))] : hypotheses.flatMap((one, index) => hypothesisBlocks(one, index, labels, options))),
      ...picture(pictures.timeline, words('why.timeline')),
      ...picture(pictures.topology, words('why.topology')),
      { type: 'divider' },
      ...(gaps.length === 0 ? context([words('why.no_gaps')]) : list(words('why.gaps'), gaps)),
      ...context([words('analysis.at', { when: date(report.analysis.atMs) })]),
    ],
  };
}

function hypothesisBlocks(hypothesis: Hypothesis, index: number, labels: ReadonlyMap<Evidence, string>, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const said = (supports: boolean): string[] =>
    RCA_DIMENSIONS.flatMap((dimension) => strongest(hypothesis.evidence.filter((one) => one.dimension === dimension && one.supports === supports)).slice(0, 3))
      .slice(0, MOST_EVIDENCE)
      .map((one) => whyLine(one, labels.get(one) ?? '', options));
  const [supporting, against] = [said(true), said(false)];
  const cause = safe(explained(hypothesis.cause, options.locale), 250);
  const title = `*${index + 1}. ${cause}*\n${code(hypothesis.resourceId)} · ${confidence(hypothesis.confidence, options.locale)}`;
  return [
    { type: 'divider' },
    section(hypothesis.evidence.length === 0 ? `${title}\n${words('why.no_evidence')}` : title),
    ...list(words('why.for'), supporting),
    ...(hypothesis.evidence.length > 0 && against.length === 0 ? context([words('why.nothing_against')]) : list(words('why.against'), against)),
  ];
}

/** "`E1` _related resources_ · CPU rose from 20 to 97 (03:01 – 03:12) · e.g. `out of memory`". */
function whyLine(evidence: Evidence, label: string, options: CardOptions): string {
  const words = say(options.locale);
  const { source } = evidence;
  const window = source.type === 'metric' ? `(${date(source.fromMs, 'time')} – ${date(source.toMs, 'time')})` : '';
  const example = source.type === 'logs' && source.examples[0] !== undefined ? words('why.example', { line: code(source.examples[0], 120) }) : '';
  const statement = [safe(explained(evidence.statement, options.locale), 220), window].filter((part) => part !== '').join(' ');
  return [`${code(label, 8)} _${words(`dimension.${evidence.dimension}`)}_`, statement, example].filter((part) => part !== '').join(' · ');
}

/** The finding in a model's words, and whose words they are. */
function narrativeBlocks({ analysis }: AnalyseReport, options: CardOptions): KnownBlock[] {
  if (analysis.narrative === undefined) return [];
  const by = say(options.locale)('analysis.worded', { by: safe(analysis.narrative.by, 40) });
  return [section(safe(analysis.narrative.text, 1500)), ...context([by])];
}
