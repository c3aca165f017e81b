/** What is taken out besides secrets, which always are. */
export interface Redaction {
  readonly emails: boolean;
  readonly accountIds: boolean; // AWS account ids: twelve digits
}
export const SECRETS_AND_PEOPLE: Redaction = { emails: true, accountIds: false };
/** What stays inside the team: people may be named there. */
export const SECRETS_ONLY: Redaction = { emails: false, accountIds: false };

interface Rule {
  readonly find: RegExp;
  readonly put: string;
}

/** `trace`: what stands in every text that the rule finds something in, with the case of the rule. */
interface SecretRule extends Rule {
  readonly trace: string;
}

const RUN = '[A-Za-z0-9+/]{40}';

// Bounded repeats only, so that no text makes a rule slow. Order matters: whole blocks first, then what is known by its form, then by its name.
const SECRETS: readonly SecretRule[] = [
  { find: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,10000}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, put: '[private key]', trace: '-----BEGIN ' },
  { find: /\b(?:AKIA|ASIA|AIDA|AROA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16,124}/g, put: '[aws key id]', trace: 'A(?:KIA|SIA|IDA|ROA|GPA|NPA|NVA|BIA|CCA)' },
  { find: /\bxox[a-z]{1,3}-[\w-]{6,300}|\bxapp-[\w-]{6,300}/gi, put: '[slack token]', trace: 'xox|xapp-' },
  { find: /\bhttps:\/\/hooks\.slack\.com\/[\w/-]{1,200}/gi, put: '[slack webhook]', trace: '://' },
  { find: /\b(?:gh[opsur]|github_pat)_\w{16,300}/g, put: '[github token]', trace: 'gh[opsur]_|github_pat' },
  { find: /\bgl(?:pat|ptt|rt)-[\w-]{16,300}/g, put: '[gitlab token]', trace: 'gl(?:pat|ptt|rt)-' },
  { find: /\b(?:sk|rk|pk)[-_](?:live|test|proj|ant)[-_][\w-]{10,300}/g, put: '[api key]', trace: '[srp]k[-_]' },
  { find: /\beyJ[\w-]{5,4000}\.[\w-]{5,8000}(?:\.[\w-]{0,2000})?/g, put: '[jwt]', trace: 'eyJ' },
  { find: /\b(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"']{1,4000}/gi, put: '$1[redacted]', trace: 'X-Amz-' },
  { find: /\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"']{0,200}):[^\s/"'<>]{1,300}@/gi, put: '$1:[redacted]@', trace: '://' },
  { find: /\b(Bearer|Basic|Digest|Token)(\s{1,4})[A-Za-z0-9+/=._~-]{8,8000}/gi, put: '$1$2[redacted]', trace: 'bearer|basic|digest|token' },
  {
    // password=…, "api_key": "…", AWS_SECRET_ACCESS_KEY: …, --token …
    find: /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|credentials?|authorization|session[_-]?id|cookie)[\w-]{0,30}["']?\s{0,4}(?:[=:]|=>)\s{0,4})(?:"[^"\n]{1,2000}"|'[^'\n]{1,2000}'|[^\s,;&"'<>[\]]{1,2000})/gi,
    put: '$1[redacted]',
    trace: 'pass|pwd|secret|token|key|credential|authorization|session|cookie',
  },
  { find: /(--(?:password|passwd|token|secret|api-key)\s{1,4})[^\s-][^\s]{0,500}/gi, put: '$1[redacted]', trace: 'pass|token|secret|key' },
  {
    find: /(?<![A-Za-z0-9+/=_-])(?=[A-Za-z0-9+/]{0,39}[A-Z])(?=[A-Za-z0-9+/]{0,39}[a-z])(?=[A-Za-z0-9+/]{0,39}\d)[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])/g,
    put: '[secret]',
    trace: RUN,
  }, // the form of an AWS secret key
];
const EMAIL: Rule = { find: /(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}/g, put: '[e-mail]' };
const ACCOUNT: Rule = { find: /(?<![\d.])\d{12}(?![\d.]\d|\d)/g, put: '[account]' };

/** Most texts hold no secret, and looking for the traces of all rules takes a seventh of looking with each. Words are quick together, runs alone. */
const traces = (flags: '' | 'i'): RegExp =>
  new RegExp(SECRETS.flatMap(({ find, trace }) => (find.ignoreCase === (flags === 'i') && trace !== RUN ? [trace] : [])).join('|'), flags);
const TRACES = [traces('i'), traces(''), new RegExp(RUN)];

/** Takes secrets (and what else is asked) out of collected text. Pure; what it leaves, a second pass leaves too. */
export function redact(text: string, { emails, accountIds }: Redaction = SECRETS_AND_PEOPLE): string {
  const secrets: readonly Rule[] = TRACES.some((trace) => trace.test(text)) ? SECRETS : [];
  const rules = [...secrets, ...(emails ? [EMAIL] : []), ...(accountIds ? [ACCOUNT] : [])];
  return rules.reduce((left, { find, put }) => left.replaceAll(find, put), text);
}

/** The same for every string of a plain value, whatever its depth; keys of records too. */
export function redactAll<T>(value: T, redaction: Redaction = SECRETS_AND_PEOPLE): T {
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return redact(one, redaction);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [redact(key, redaction), walk(inner)]));
  };
  return walk(value) as T;
}
