import { type Analysis, citationsOf } from '../domain/rca.ts';

const MOST_SENTENCES = 6;
const MOST_CHARS = 1500;
const MOST_READ = 10_000;

/** What tells people to do something, or says that something was done: a summary says what is wrong, never what to do. */
const ORDERS =
  /\b(?:run(?! out)|execute|approve|restart|reboot|terminate|delete|drop|revert|kill|disable|stop|upgrade|downgrade|increase|decrease|raise|resize|scale|fail ?over|roll(?:ing)? ?back|should|must|need to|please|recommend\w*|suggest\w*|consider|try|ignore)\b|请|应该|建议|执行|批准|重启|回滚|删除|扩容/i;

/**
 * A model's words, as far as they hold: a sentence stays when it cites evidence, every citation resolves, each number and each
 * resource in it is in the analysis, and it neither orders nor names an action. Links, mentions and markup are stripped. Null:
 * nothing is left, and the plain summary stands.
 */
export function checkedNarrative(text: string, analysis: Analysis, actions: readonly string[]): string | null {
  const cited = citationsOf(analysis);
  const facts = factsOf(analysis);
  const named = actions.flatMap((name) => [name, name.replaceAll('_', ' ')]);
  const kept = sentencesOf(stripped(text.slice(0, MOST_READ))).filter((sentence) => {
    const labels = [...sentence.matchAll(/\[(E\d{1,3})\]/g)].map((match) => match[1] ?? '');
    const words = sentence.replaceAll(/\[E\d{1,3}\]/g, ' ');
    if (labels.length === 0 || !labels.every((label) => cited.has(label)) || /[[\]]/.test(words) || !/\p{L}/u.test(words)) return false;
    if (ORDERS.test(words) || named.some((name) => words.toLowerCase().includes(name))) return false;
    return tokensOf(words).every((token) => facts.has(token));
  });
  const whole: string[] = [];
  for (const sentence of kept.slice(0, MOST_SENTENCES)) if ([...whole, sentence].join(' ').length <= MOST_CHARS) whole.push(sentence);
  return whole.length === 0 ? null : whole.join(' ');
}

/** Plain text on one line: no links, mentions, channel calls, markup, control characters or code. */
function stripped(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/<[^>]{0,500}>/g, ' ')
    .replaceAll(/\[([^\]]{0,200})\]\([^)]{0,1000}\)/g, '$1')
    .replaceAll(/\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|mailto:|www\.)[^\s<>]*/gi, ' ')
    .replaceAll(/[@＠#]\S+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll(/[*_~`|<>]{2,}|[*~`|<>]/g, ' ')
    .replaceAll(/\[(E\d{1,3})\s*[,;]\s*(E\d{1,3})\]/g, '[$1][$2]')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\s*([.!?。！？])\s*((?:\[E\d{1,3}\]\s*)+)/g, ' $2$1 ') // "It rose. [E1]" is one sentence
    .replaceAll(/\s+([.!?,;])/g, '$1')
    .trim();
}

const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?])\s+|(?<=[。！？])\s*/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

/** Numbers and names with a slash: what could be made up. */
const tokensOf = (text: string): string[] =>
  [...text.matchAll(/[\w.-]*\/[\w./-]*\w|\d+(?:[.,:]\d+)*/g)].map((match) =>
    match[0]
      .replaceAll(',', '')
      .replace(/^[./-]+/, '')
      .toLowerCase(),
  );

function factsOf({ hypotheses }: Analysis): ReadonlySet<string> {
  const texts = hypotheses.flatMap((one) => [
    one.resourceId,
    one.cause.text,
    String(Math.round(one.confidence * 100)),
    ...one.evidence.flatMap((evidence) => [evidence.statement.text, ...Object.values(evidence.statement.params).map(String)]),
  ]);
  return new Set(texts.flatMap((text) => [...tokensOf(text), ...[...text.matchAll(/\d+(?:\.\d+)?/g)].map((match) => match[0])]));
}
