import { WAIT } from '../mcp/ask.ts';
import { takeHeaders } from './headers.ts';
import type { TypedServer } from './typed.ts';

/**
 * MCP over streamable HTTP, without sessions: each request stands alone. A tool call becomes a request to the API with the very
 * token of its caller.
 */
export function mcpRoutes(app: TypedServer, version: string): void {
  const doc = {
    tag: 'Assistants',
    summary: 'Model Context Protocol (streamable HTTP)',
    answers: { 200: { what: 'JSON-RPC' }, 406: { what: '`Accept` must name application/json and text/event-stream' } },
  };
  app.post('/mcp', { config: { access: 'read', doc } }, async (request, reply) => {
    // Loaded when the first assistant comes: most deployments never need it.
    const [{ StreamableHTTPServerTransport }, { createMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
      import('../mcp/server.ts'),
    ]);
    const authorization = request.headers.authorization ?? '';
    const server = createMcpServer(version, async (method, url, body) => {
      const answer = await app.inject({ method, url, headers: { authorization, ...WAIT }, ...(body === undefined ? {} : { payload: body }) });
      return { status: answer.statusCode, text: answer.body };
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    reply.hijack();
    takeHeaders(reply);
    reply.raw.once('close', () => void server.close());
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
}
