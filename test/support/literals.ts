/** A piece of text in the source: what it says (`X` for what is put in) and the calls it stands in, the outermost first. */
export interface Literal {
  readonly text: string;
  readonly calls: readonly string[];
}

/** Every string and template of TypeScript source. Comments and regular expressions are passed over. */
export function literalsOf(code: string): Literal[] {
  const found: Literal[] = [];
  const calls: string[] = [];
  let at = 0;
  const quoted = (quote: string): string => {
    let text = '';
    for (at += 1; at < code.length && code[at] !== quote; at += 1) {
      if (code[at] === '\\') at += 1;
      text += code[at] ?? '';
    }
    at += 1;
    return text;
  };
  const template = (): string => {
    let text = '';
    for (at += 1; at < code.length && code[at] !== '`'; ) {
      if (code.startsWith('${', at)) {
        at += 2;
        walk('}');
        text += 'X';
        continue;
      }
      if (code[at] === '\\') at += 1;
      text += code[at] ?? '';
      at += 1;
    }
    at += 1;
    return text;
  };
  const expression = (): void => {
    let inClass = false;
    for (at += 1; at < code.length && (inClass || code[at] !== '/'); at += 1) {
      if (code[at] === '\\') at += 1;
      else if (code[at] === '[') inClass = true;
      else if (code[at] === ']') inClass = false;
    }
    at += 1;
  };
  const walk = (until: string): void => {
    for (let depth = 0; at < code.length; ) {
      const sign = code[at] ?? '';
      if (sign === until && depth === 0) break;
      if (code.startsWith('//', at)) at = end(code.indexOf('\n', at), code);
      else if (code.startsWith('/*', at)) at = end(code.indexOf('*/', at), code) + 2;
      else if (sign === "'" || sign === '"') found.push({ text: quoted(sign), calls: [...calls] });
      else if (sign === '`') found.push({ text: template(), calls: [...calls] });
      else if (sign === '/' && /(?:^|[=(,:[!&|?{};]|return|=>)\s*$/.test(code.slice(Math.max(0, at - 20), at))) expression();
      else {
        if (sign === '(') calls.push(/([\w.]+)$/.exec(code.slice(Math.max(0, at - 60), at))?.[1] ?? '');
        if (sign === ')') calls.pop();
        if (sign === '{') depth += 1;
        if (sign === '}') depth -= 1;
        at += 1;
      }
    }
    at += 1;
  };
  walk('');
  return found;
}

const end = (index: number, code: string): number => (index < 0 ? code.length : index);
