import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpsError } from '../domain/errors.ts';
import { parseSubject, type SubjectKind } from '../domain/names.ts';
import type { Pattern } from '../domain/pattern.ts';
import { type Authenticator, Unauthenticated } from './auth.ts';
import type { HttpParts } from './parts.ts';
import { toProblem } from './problem.ts';
import { RateLimit } from './rate.ts';
import type { TypedServer } from './typed.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#8884}
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{margin:0 0 .25rem}h2{margin:1.5rem 0 .25rem;font-size:1rem}code{font:.9rem ui-monospace,monospace}
table{border-collapse:collapse}td{padding:.2rem 1.2rem .2rem 0;border-bottom:1px solid var(--line)}p{margin:.25rem 0}
`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/**
 * The addresses on cards. An incident's and a plan's lead to the card in Slack, which decides itself who may see it, and tell nothing
 * on the way. A pattern has no card: it is a page to read, for callers with the scope `read`.
 */
export function linkRoutes(app: TypedServer, parts: HttpParts, authenticate: Authenticator): void {
  const rate = new RateLimit(parts.settings.ratePerMin);
  const toCard = (kind: SubjectKind) => async (request: FastifyRequest, reply: FastifyReply) => {
    const subject = parseSubject((request.params as { id: string }).id);
    if (subject === null || subject.kind !== kind) return await refusal(reply, new OpsError('not_found', 'This link leads nowhere.'));
    if (!parts.slackReady()) return await refusal(reply, new OpsError('unavailable', 'opsloop is not connected to Slack.', 'Try again in a minute.'));
    const permalink = await parts.permalink(subject);
    if (permalink === null) return await refusal(reply, new OpsError('not_found', `${subject.id} has no card in Slack.`, 'Ask there: /ops status'));
    return await reply.redirect(permalink, 302);
  };
  app.get('/i/:id', { config: { access: 'public' } }, toCard('incident'));
  app.get('/p/:id', { config: { access: 'public' } }, toCard('plan'));
  app.get('/patterns/:id', { config: { access: 'own' } }, async (request, reply) => {
    try {
      const { tokenId } = await authenticate(bearerOf(request.headers.authorization), 'read');
      if (rate.take(tokenId, parts.clock.now()) > 0) throw new OpsError('limited', 'This token sends too many requests.', 'Try again in a minute.');
      return await page(reply, 200, patternPage(await parts.verbs.pattern((request.params as { id: string }).id)));
    } catch (thrown) {
      if (!(thrown instanceof OpsError)) throw thrown;
      if (thrown instanceof Unauthenticated) reply.header('www-authenticate', 'Basic realm="opsloop", charset="UTF-8"');
      return await refusal(reply, thrown);
    }
  });
}

/** A browser asks for a name and a password: the password is the token, the name is anything. */
function bearerOf(authorization: string | undefined): string | undefined {
  const basic = /^Basic ([A-Za-z0-9+/=]{1,600})$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return authorization;
  const given = Buffer.from(basic, 'base64').toString('utf8');
  return `Bearer ${given.slice(given.indexOf(':') + 1)}`;
}

async function refusal(reply: FastifyReply, error: OpsError): Promise<FastifyReply> {
  const { status, title } = toProblem(error);
  const hint = error instanceof Unauthenticated ? 'Give a token with the scope "read" as the password, or ask in Slack: /pattern PAT-001' : (error.hint ?? '');
  return await page(reply, status, { title, body: `<p>${text(hint)}</p>` });
}

interface Page {
  readonly title: string;
  readonly body: string; // HTML
}

async function page(reply: FastifyReply, status: number, { title, body }: Page): Promise<FastifyReply> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${text(title)}</title><style>${STYLE}</style><h1>${text(title)}</h1>${body}</html>`;
  return await reply.status(status).type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(html);
}

function patternPage(pattern: Pattern): Page {
  const { metadata } = pattern;
  const list = (title: string, items: readonly string[]): string =>
    items.length === 0 ? '' : `<h2>${title}</h2><ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
  const solutions = pattern.solutions.map(
    ({ action, confidence, risk }) => `<tr><td><code>${text(action)}</code></td><td>${Math.round(confidence * 100)} %</td><td>${text(risk)} risk</td></tr>`,
  );
  const sofar = [
    `seen ${metadata.occurrence_count} times`,
    ...(metadata.last_seen === null ? [] : [`last on ${text(metadata.last_seen)}`]),
    ...(metadata.success_rate === null ? [] : [`${Math.round(metadata.success_rate * 100)} % healed`]),
    ...(metadata.avg_resolution_time === null ? [] : [`on average in ${text(metadata.avg_resolution_time)}`]),
  ];
  return {
    title: pattern.title,
    body: [
      `<p><code>${text(pattern.pattern_id)}</code> · ${text(pattern.category)}</p><p>${text(pattern.description)}</p>`,
      list('Signs', pattern.symptoms),
      list('Causes', pattern.root_causes),
      solutions.length === 0 ? '' : `<h2>What helped</h2><table>${solutions.join('')}</table>`,
      `<h2>So far</h2><p>${sofar.join(' · ')}</p>`,
    ].join(''),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
