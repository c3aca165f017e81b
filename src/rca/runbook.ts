import type { ActionFacts } from '../domain/action.ts';
import type { Incident } from '../domain/incident.ts';
import { seriesKey } from '../domain/metric.ts';
import type { Analysis, Evidence, Runbook, Solution } from '../domain/rca.ts';

const MAX_EVIDENCE = 12;
const MAX_TEXT = 400;
const ROLLBACK: Readonly<Record<ActionFacts['reversibility'], string>> = {
  rollback: 'Can be taken back: opsloop does so by itself when the checks after fail, and on request.',
  no_lasting_change: 'Nothing to take back: it changes nothing lasting.',
  cannot_be_undone: 'Cannot be undone. Make sure before, not after.',
};

/**
 * The runbook of one incident in Markdown, with its own values. Texts that were collected (log lines, change summaries) are shown
 * as code, cut and on one line, so that they cannot pass for instructions or headings.
 */
export function runbookFor(incident: Incident, analysis: Analysis, solution: Solution | null, facts: ActionFacts | null): Runbook {
  const top = analysis.hypotheses[0];
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Summary',
      [shown(analysis.summary.text), '', ...factsOf(incident, analysis), ...(analysis.narrative === undefined ? [] : ['', shown(analysis.narrative.text)])],
    ],
    ['Evidence', top === undefined ? ['Nothing stands out as the cause.'] : top.evidence.slice(0, MAX_EVIDENCE).flatMap(evidenceLines)],
    ['Checks before', checksBefore(incident, solution)],
    ['Action', actionLines(solution, facts)],
    ['Checks after', checksAfter(analysis, facts)],
    ['Rollback', [facts === null ? 'No action was chosen, so there is nothing to take back.' : ROLLBACK[facts.reversibility]]],
    [
      'Could not be checked',
      analysis.gaps.length === 0
        ? ['Everything that was asked could be looked at.']
        : analysis.gaps.map((gap) => `- ${gap.dimension}: ${shown(gap.reason.text)}`),
    ],
  ];
  const title = `${incident.id} ${shown(incident.title)}`;
  const markdown = [`# Runbook: ${title}`, '', ...sections.flatMap(([name, lines]) => [`## ${name}`, '', ...lines, ''])].join('\n');
  return { slug: slugOf(incident, solution), title, markdown: `${markdown.trimEnd()}\n` };
}

function factsOf(incident: Incident, analysis: Analysis): readonly string[] {
  const others = analysis.hypotheses.slice(1, 4).map((hypothesis) => `${shown(hypothesis.cause.text)} (${percent(hypothesis.confidence)})`);
  return [
    `- Began: ${time(incident.startedAtMs)}; analysed: ${time(analysis.atMs)}`,
    `- Affected: ${incident.resourceIds.slice(0, 10).map(code).join(', ')}${incident.resourceIds.length > 10 ? ` and ${incident.resourceIds.length - 10} more` : ''}`,
    ...(others.length === 0 ? [] : [`- Less likely: ${others.join('; ')}`]),
    ...(incident.matches.length === 0
      ? []
      : [`- Resembles: ${incident.matches.map((match) => `${match.patternId} ${shown(match.title)} (${percent(match.similarity)})`).join('; ')}`]),
  ];
}

function evidenceLines(evidence: Evidence): readonly string[] {
  const lead = `- ${evidence.supports ? '' : 'Against: '}${evidence.dimension}: `;
  const { source } = evidence;
  // Statements quote what was collected; as code they stay quotes.
  const text = source.type === 'change' || source.type === 'logs' || source.type === 'pattern' ? code(evidence.statement.text) : shown(evidence.statement.text);
  if (source.type === 'metric') return [`${lead}${text} ${code(seriesKey(source.ref))}, ${time(source.fromMs)} to ${time(source.toMs)}`];
  if (source.type === 'change') return [`${lead}${text} change ${code(source.changeId)}`];
  if (source.type === 'logs') return [`${lead}${text}`, ...source.examples.slice(0, 2).map((example) => `  - ${code(example)}`)];
  return [`${lead}${text}`];
}

function checksBefore(incident: Incident, solution: Solution | null): readonly string[] {
  return [
    `- [ ] The trouble is still there: ${incident.resourceIds.slice(0, 3).map(code).join(', ')} ${incident.resourceIds.length === 1 ? 'is' : 'are'} still out of line.`,
    ...(solution === null
      ? []
      : [`- [ ] ${code(solution.targetId)} exists and nobody else is working on it.`, `- [ ] The dry run of ${code(solution.action)} says what you expect.`]),
  ];
}

function actionLines(solution: Solution | null, facts: ActionFacts | null): readonly string[] {
  if (solution === null || facts === null) return ['No action of the catalogue suits this cause. Look at the evidence and decide by hand.'];
  const params = Object.entries(solution.params).map(([name, value]) => `${name} = ${String(value)}`);
  return [
    `${facts.title} (${code(solution.action)}) on ${code(solution.targetId)}${params.length === 0 ? '' : ` with ${code(params.join(', '))}`}.`,
    '',
    `- Risk: ${solution.risk}`,
    `- Chance of success: ${percent(solution.confidence)}`,
    `- Why: ${shown(solution.why.text)}`,
    `- Needs: ${facts.iam.map(code).join(', ')}`,
  ];
}

function checksAfter(analysis: Analysis, facts: ActionFacts | null): readonly string[] {
  const metrics = (analysis.hypotheses[0]?.evidence ?? []).flatMap((evidence) =>
    evidence.source.type === 'metric' && evidence.supports ? [seriesKey(evidence.source.ref)] : [],
  );
  const wait = facts === null ? 'Within 15 min' : `From ${minutes(facts.settleMs)} to ${minutes(facts.verifyWithinMs)} min after it ran`;
  const distinct = [...new Set(metrics)].slice(0, 5);
  return distinct.length === 0 ? [`- [ ] ${wait}, the alarms are clear.`] : distinct.map((key) => `- [ ] ${wait}, ${code(key)} is back to its usual level.`);
}

function slugOf(incident: Incident, solution: Solution | null): string {
  const words = `${incident.id} ${solution?.action ?? 'by-hand'} ${solution?.targetId ?? incident.resourceIds[0] ?? ''}`;
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const minutes = (ms: number): number => Math.round(ms / 60_000);
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TEXT);
const code = (text: string): string => `\`${oneLine(text).replaceAll('`', "'")}\``;
/** Text outside code, with what Markdown would act on made harmless. */
const shown = (text: string): string => oneLine(text).replaceAll(/[`*_[\]<>#|!]/g, (mark) => `\\${mark}`);
