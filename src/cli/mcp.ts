import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { loadClient } from '../config.ts';
import { askOver } from '../mcp/ask.ts';
import { createMcpServer } from '../mcp/server.ts';
import { VERSION } from '../version.ts';

/** `opsloop mcp`: an MCP server on standard input and output for an assistant on this machine, in front of a running opsloop. */
export async function mcp(options: { readonly url?: string }): Promise<void> {
  const { url, token } = loadClient(options.url);
  const server = createMcpServer(VERSION, askOver(url, token));
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    transport.onclose = resolve;
    process.stdin.once('end', resolve);
  });
  await server.connect(transport);
  await ended;
  await server.close();
}
