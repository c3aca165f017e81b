import { Command, Option } from 'commander';
import { toOpsError } from './domain/errors.ts';
import { VERSION } from './version.ts';

/** The command line. Each command is a thin file in cli/, loaded when it is asked for. */
const program = new Command('opsloop')
  .description('A closed-loop operations bot that lives in Slack.')
  .version(VERSION)
  .showHelpAfterError('(opsloop --help shows every command)');

program
  .command('start')
  .description('connect to Slack and run the loop')
  .action(async () => (await import('./cli/start.ts')).start());

program
  .command('demo')
  .description('the whole loop on this machine: a simulated AWS account and a local Slack workspace in the browser')
  .option('--once', 'run one scenario for each of the four risks to its end, with scripted people, and stop')
  .option('--json', 'with --once: print one JSON object')
  .addOption(new Option('--port <port>', 'of the page').default(4500).argParser(Number))
  .addOption(new Option('--speed <factor>', 'how much faster than real time').default(12).argParser(Number))
  .action(async (options) => (await import('./cli/demo.ts')).demo(options));

program
  .command('replay')
  .description('run detection over a recorded metric (CSV with timestamp,value) and print the alerts it would have sent')
  .argument('<file>')
  .option('--json', 'print one JSON object')
  .option('--png <file>', 'write a picture')
  .option('--post', 'send each alert to Slack as a card')
  .action(async (file, options) => (await import('./cli/replay.ts')).replay(file, options));

program
  .command('score')
  .description('score one capability on a folder of cases: detect, rca, templates, retrieval, gameday; or prepare such a folder')
  .argument('<what>')
  .argument('[args...]')
  .option('--json', 'print one JSON object')
  .option('--out <dir>', 'detect: write per series what the detector said')
  .action(async (what, args, options) => (await import('./cli/score.ts')).score(what, args, options));

program
  .command('tokens')
  .description('API tokens: create, list, revoke')
  .argument('<verb>', 'create, list or revoke')
  .argument('[name]', 'create: its name; revoke: its id')
  .option('--user <slack-user-id>', 'create: the person it belongs to (left out: a machine)')
  .option('--scopes <list>', 'create: read, detect, learn, act:request, act:approve, ingest; with commas', 'read')
  .action(async (verb, name, options) => (await import('./cli/tokens.ts')).tokens(verb, name, options));

program
  .command('audit')
  .description('verify the audit chain, or print it')
  .argument('<verb>', 'verify or list')
  .argument('[subject]', 'list: an incident, plan or other subject')
  .option('--json', 'print JSON')
  .action(async (verb, subject, options) => (await import('./cli/audit.ts')).audit(verb, subject, options));

program
  .command('mcp')
  .description('an MCP server on standard input and output, in front of a running opsloop (token in OPSLOOP_TOKEN)')
  .option('--url <url>', 'of the running opsloop (left out: as in the config)')
  .action(async (options) => (await import('./cli/mcp.ts')).mcp(options));

try {
  await program.parseAsync();
} catch (thrown) {
  const error = toOpsError(thrown);
  process.stderr.write(`opsloop: ${error.message}\n${error.hint === null ? '' : `  ${error.hint}\n`}`);
  if (error.code === 'internal') process.stderr.write(`  (${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)})\n`);
  process.exitCode = error.code === 'invalid_input' ? 2 : 1;
}
