import { createHash } from 'node:crypto';
import type { OpenApi, Operation } from './openapi.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--get:#1a7f5a;--post:#9a5b00}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{margin:0}h2{margin:2.5rem 0 .5rem}nav a{margin-right:1rem}
details{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0}
summary{cursor:pointer;padding:.6rem .8rem;display:flex;gap:.75rem;flex-wrap:wrap;align-items:baseline}
details>div{padding:0 .8rem .8rem}
.method{font:600 .8rem ui-monospace,monospace;min-width:3rem}.get{color:var(--get)}.post{color:var(--post)}
code,pre{font:.85rem ui-monospace,monospace}pre{background:var(--soft);padding:.6rem;border-radius:.4rem;overflow:auto;max-height:24rem}
.scope{margin-left:auto;font-size:.8rem;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem .25rem 0;border-bottom:1px solid var(--line)}
`;

/** The policy of the page: its own style, and nothing else. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** The OpenAPI document as one readable page without scripts or anything from elsewhere. */
export function docsPage(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map(
    (tag) =>
      `<h2 id="${text(tag)}">${text(tag)}</h2>${operations
        .filter(({ operation }) => operation.tags.includes(tag))
        .map(section)
        .join('')}`,
  );
  const shapes = Object.entries(api.components.schemas).map(
    ([name, shape]) => `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary><div>${json(shape)}</div></details>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>opsloop API</title><style>${STYLE}</style>
<h1>opsloop API</h1><p>${text(api.info.description)} Version ${text(api.info.version)}, <a href="/openapi.json">OpenAPI 3.1 document</a>.</p>
<nav>${tags.map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join('')}<a href="#schemas">Schemas</a></nav>
<p>Make a token with <code>opsloop tokens create NAME --scopes read,detect</code> and send it as <code>Authorization: Bearer …</code>. Refusals come as <code>application/problem+json</code> with a stable <code>code</code> and a <code>hint</code>.</p>
${sections.join('')}<h2 id="schemas">Schemas</h2>${shapes.join('')}</html>`;
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const access = operation['x-scope'];
  const badge = access === 'public' ? 'no token' : access === 'own' ? 'signature or token' : `scope ${access}`;
  const body =
    operation.requestBody === undefined ? '' : `<h4>Body${operation.requestBody.required ? '' : ' (optional)'}</h4>${json(operation.requestBody.content)}`;
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const shape = content !== undefined && Number(status) < 300 ? json(content) : '';
    return `<tr><td><code>${status}</code></td><td>${text(description)}${shape}</td></tr>`;
  });
  return `<details id="${text(operation.operationId)}"><summary><span class="method ${method}">${method.toUpperCase()}</span><code>${text(path)}</code><span>${text(operation.summary)}</span><span class="scope">${text(badge)}</span></summary>
<div>${operation.description === undefined ? '' : `<p>${text(operation.description)}</p>`}${parameters(operation)}${body}<h4>Answers</h4><table>${answers.join('')}</table></div></details>`;
}

function parameters({ parameters: given }: Operation): string {
  if (given.length === 0) return '';
  const rows = given.map(
    (one) =>
      `<tr><td><code>${text(one.name)}</code></td><td>${one.in}${one.required ? ', required' : ''}</td><td>${text(one.description ?? '')}<code>${text(JSON.stringify(one.schema))}</code></td></tr>`,
  );
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`;
}

const json = (value: unknown): string => `<pre>${text(JSON.stringify(value, null, 2))}</pre>`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
