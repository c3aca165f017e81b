/** The place of a value in a template. */
export const WILD = '<*>';

const DELIMITER = 0;
const LETTER = 1;
const DIGIT = 2;
const JOINER = 3;
const COLON = 4;

const CLASSES = new Uint8Array(65_536);
for (let code = 0; code < 65_536; code += 1) {
  const char = String.fromCharCode(code);
  if (code > 127) CLASSES[code] = LETTER;
  else if (/[A-Za-z]/.test(char)) CLASSES[code] = LETTER;
  else if (/[0-9]/.test(char)) CLASSES[code] = DIGIT;
  else if ('._-/$@+%#~&\\*'.includes(char)) CLASSES[code] = JOINER;
  else if (char === ':') CLASSES[code] = COLON;
}

const SLASH = 47;
const DOT = 46;
const OPEN = 40;

/**
 * A line with its obvious values masked: numbers, ids, addresses, times, paths. One pass over the characters; words such as
 * `ssh2` or `jk2_init(` stay, the merge step decides on them later.
 */
export function mask(line: string): string {
  const length = line.length;
  let out = '';
  let kept = 0; // everything before is in `out`
  let at = 0;
  while (at < length) {
    const kind = CLASSES[line.charCodeAt(at)];
    if (kind === DELIMITER || kind === COLON) {
      at += 1;
      continue;
    }
    let start = at;
    let digits = 0;
    let letters = 0;
    let slashes = 0;
    let capitals = 0;
    let dots = 0;
    for (; at < length; at += 1) {
      const code = line.charCodeAt(at);
      const here = CLASSES[code];
      if (here === LETTER) {
        letters += 1;
        if (code < 91) capitals += 1;
      } else if (here === DIGIT) digits += 1;
      else if (here === JOINER) {
        if (code === SLASH) slashes += 1;
        else if (code === DOT) dots += 1;
      } else if (here === COLON) {
        const next = line.charCodeAt(at + 1);
        if (next === SLASH && line.charCodeAt(at + 2) === SLASH) slashes += 1;
        else if (!joinsOverColon(line, at, digits > 0 || slashes > 0 || (dots > 0 && capitals === 0), slashes > 0)) break;
      } else if (slashes === 0 || !isQuery(code) || at === start) break;
    }
    if (digits === 0 && slashes === 0) {
      if (!isNamedValue(line, start, at)) continue;
      out += line.slice(kept, start) + WILD;
      kept = at;
      continue;
    }
    let end = at;
    while (end > start && isTrim(line.charCodeAt(end - 1))) end -= 1;
    while (start < end && isLead(line.charCodeAt(start))) start += 1;
    if (start === end || !isValue(line, start, end, digits, letters, slashes)) continue;
    out += line.slice(kept, start) + WILD;
    kept = end;
  }
  return kept === 0 ? line : out + line.slice(kept);
}

/** `?a=b` in an address belongs to it. */
const isQuery = (code: number): boolean => code === 63 || code === 61;

/** Within addresses with a port, times, IPv6 and hardware addresses a colon is part of the value. */
function joinsOverColon(line: string, at: number, valueSoFar: boolean, path: boolean): boolean {
  const next = line.charCodeAt(at + 1);
  if (valueSoFar && (CLASSES[next] === DIGIT || next === 58 || (path && next === SLASH))) return true;
  if (!(isHex(line.charCodeAt(at - 1)) && isHex(line.charCodeAt(at - 2)) && isHex(next) && isHex(line.charCodeAt(at + 2)))) return false;
  const after = CLASSES[line.charCodeAt(at + 3)];
  return after === COLON || after === DELIMITER || after === undefined;
}

const isHex = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);

/** `.`, `%` and the like at the end belong to the sentence. */
const isTrim = (code: number): boolean => code === 46 || code === 37 || code === 45 || code === 42 || code === 58;
const isLead = (code: number): boolean => code === 35 || code === 64 || code === 37 || code === 42;

function isValue(line: string, start: number, end: number, digits: number, letters: number, slashes: number): boolean {
  if (digits === 0) return line.charCodeAt(start) === SLASH ? letters > 0 && end - start > 2 : slashes > 1;
  if (letters === 0) return true;
  const first = CLASSES[line.charCodeAt(start)];
  if (first !== LETTER || digits > 2 || slashes > 0) return !(first === LETTER && digits <= 2 && slashes === 0);
  // At most two digits in a name that begins with a letter: a function, or a name like ssh2, ipv4, log4j.
  if (line.charCodeAt(end) === OPEN) return false;
  return letters < 2;
}

const NAMED = new Set(['true', 'false', 'True', 'False']);
const CALENDAR = new Set('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun'.split(' '));

/** true and false; `null` after `=`; month and weekday before another of their kind or a number. */
function isNamedValue(line: string, start: number, end: number): boolean {
  const length = end - start;
  if (length > 5 || length < 3) return false;
  const word = line.slice(start, end);
  if (length > 3) return NAMED.has(word) || (word === 'null' && line.charCodeAt(start - 1) === 61);
  if (!CALENDAR.has(word)) return false;
  let next = end;
  while (line.charCodeAt(next) === 32 || line.charCodeAt(next) === 44) next += 1;
  return next > end && (CLASSES[line.charCodeAt(next)] === DIGIT || CALENDAR.has(line.slice(next, next + 3)));
}
