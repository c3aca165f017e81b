/** English sentences of errors as templates, and their Chinese. `{name}` stands for what the sentence names. */
export const errorsZh: Readonly<Record<string, string>> = {
  'Something went wrong inside opsloop.': 'opsloop 内部出错。',
  'The log has the details.': '详情见日志。',
};

interface Rule {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly zh: string;
}
function rule([template, zh]: [string, string]): Rule {
  const names = [...template.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
  const source = template.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { pattern: new RegExp(`^${source.join('(.{0,200}?)')}$`, 's'), names, zh };
}
const rules = Object.entries(errorsZh).map(rule);

/** The Chinese of an error's sentence; the sentence itself when there is none. */
export function translated(sentence: string): string {
  if (sentence.length > 1000) return sentence;
  for (const { pattern, names, zh } of rules) {
    const found = pattern.exec(sentence);
    if (found !== null) return zh.replaceAll(/\{(\w+)\}/g, (_, name: string) => found[names.indexOf(name) + 1] ?? '');
  }
  return sentence;
}
