import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Ask } from './ask.ts';

const RESULT_MAX_CHARS = 60_000;
const READS = { readOnlyHint: true, openWorldHint: false } as const;

interface Tool {
  readonly description: string;
  readonly input: z.ZodRawShape;
  readonly changes?: true;
  readonly ask: (input: Record<string, unknown>) => { readonly path: string; readonly query?: Record<string, unknown>; readonly body?: object };
}

const id = z.string().min(1).max(60);
const subject = z.string().min(1).max(500);

/** What other assistants can do: read, and ask for a fix. Approving, rejecting and pausing are for people and are no tools. */
const TOOLS: Readonly<Record<string, Tool>> = {
  get_status: {
    description: 'How opsloop is doing: open incidents, plans that wait for people, sources, kill switches.',
    input: {},
    ask: () => ({ path: '/api/status' }),
  },
  list_incidents: {
    description: 'Incidents, newest first. Give `cursor` from `next` for more.',
    input: {
      open: z.boolean().default(true),
      service: z.string().max(200).optional(),
      limit: z.number().int().min(1).max(50).default(10),
      cursor: z.string().max(100).optional(),
    },
    ask: (query) => ({ path: '/api/incidents', query }),
  },
  get_incident: {
    description: 'One incident (INC-12) with its anomalies, root cause and plans.',
    input: { id },
    ask: (input) => ({ path: `/api/incidents/${encodeURIComponent(String(input['id']))}` }),
  },
  get_plan: {
    description: 'One plan (PLAN-34): what it would do, its risk, its approvals and its outcome.',
    input: { id },
    ask: (input) => ({ path: `/api/plans/${encodeURIComponent(String(input['id']))}` }),
  },
  search_patterns: {
    description: 'Known problems that resemble a text, with causes and solutions by id. Similarities over 0.7 count as the same problem.',
    input: { text: z.string().min(1).max(4000), limit: z.number().int().min(1).max(20).default(5) },
    ask: ({ text, limit }) => ({ path: '/api/patterns/search', query: { q: text, limit } }),
  },
  get_pattern: {
    description: 'One known problem (PAT-001) in full.',
    input: { id },
    ask: (input) => ({ path: `/api/patterns/${encodeURIComponent(String(input['id']))}` }),
  },
  find_root_cause: {
    description: 'Root-cause analysis of an incident, a text, or a resource with a time ("rds/shop last 2h"). Needs the scope detect.',
    input: { subject },
    ask: (body) => ({ path: '/api/agents/rca/analyze', body }),
  },
  get_audit: {
    description: 'What was done and by whom, oldest first; `subject`: an incident or plan.',
    input: { subject: subject.optional(), limit: z.number().int().min(1).max(100).default(50), cursor: z.string().max(100).optional() },
    ask: (query) => ({ path: '/api/audit', query }),
  },
  request_fix: {
    description:
      'Asks for a fix of an incident. By its risk it runs by itself, after a notice, or waits until people approve it in Slack; you cannot approve it. Needs the scope act:request.',
    input: {
      issue: subject.describe('An incident (INC-12) or a text that names one'),
      action: z.string().max(64).optional().describe('Left out: the best solution of the analysis'),
      target: z.string().max(300).optional(),
      params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    },
    changes: true,
    ask: (body) => ({ path: '/api/agents/action/exec', body }),
  },
};

/** The MCP server. Everything it does goes through the HTTP API by `ask`: the caller's token, its scopes, its limits and the audit. */
export function createMcpServer(version: string, ask: Ask): McpServer {
  const server = new McpServer({ name: 'opsloop', version });
  for (const [name, tool] of Object.entries(TOOLS)) {
    const annotations = tool.changes === true ? { destructiveHint: true, idempotentHint: true, openWorldHint: false } : READS;
    server.registerTool(name, { description: tool.description, inputSchema: tool.input, annotations }, async (input: Record<string, unknown>) => {
      const { path, query = {}, body } = tool.ask(input);
      const search = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
      const { status, text } = await ask(body === undefined ? 'GET' : 'POST', search.size === 0 ? path : `${path}?${search}`, body);
      return { content: [{ type: 'text' as const, text: status < 300 ? shortened(text) : problemIn(text) }], ...(status < 300 ? {} : { isError: true }) };
    });
  }
  return server;
}

const shortened = (text: string): string => (text.length <= RESULT_MAX_CHARS ? text : `${text.slice(0, RESULT_MAX_CHARS)}\n… cut: ask for less at once.`);

/** The words of a problem+json answer. */
function problemIn(text: string): string {
  const read = z.object({ title: z.string(), hint: z.string().optional() }).safeParse(parsed(text));
  if (!read.success) return 'opsloop did not answer as expected.';
  return read.data.hint === undefined ? read.data.title : `${read.data.title} ${read.data.hint}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
