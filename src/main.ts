import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { toOpsError } from './domain/errors.ts';
import { VERSION } from './version.ts';

/** An option's number within bounds. */
const within = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  return value;
};

/** A word that must be one of these; the completion offers them. */
const oneOf = (name: string, ...words: string[]): Argument => new Argument(name).choices(words);

/**
 * The command line. Each command is a thin file in cli/, loaded when it is asked for. Exit status: 0 done, 1 it did not work or does
 * not hold, 2 wrong usage, config or input.
 */
const program = new Command('opsloop')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .description('A closed-loop operations bot that lives in Slack.')
  .version(VERSION)
  .showHelpAfterError('(opsloop --help shows every command)');

program
  .command('start')
  .description('connect to Slack and run the loop')
  .action(async () => (await import('./cli/start.ts')).start());

program
  .command('doctor')
  .description('check config, Slack, database and AWS, and say what to mend')
  .option('--json', 'print one JSON object')
  .action(async (options) => (await import('./cli/doctor.ts')).doctor(options));

program
  .command('init')
  .description('write a commented config file')
  .argument('[file]', 'where to', 'opsloop.config.yaml')
  .action(async (file) => (await import('./cli/init.ts')).init(file));

program
  .command('manifest')
  .description('print the Slack app manifest for this config: paste it into the settings of the app')
  .action(async () => (await import('./cli/manifest.ts')).manifest());

program
  .command('policies')
  .description('write the IAM policies that the catalogue needs')
  .argument('[dir]', 'where to', 'deploy/policies')
  .action(async (dir) => (await import('./cli/policies.ts')).policies(dir));

program
  .command('demo')
  .description('the whole loop on this machine: a simulated AWS account and a local Slack workspace in the browser')
  .option('--once', 'run one scenario for each of the four risks to its end, with scripted people, and stop')
  .option('--json', 'with --once: print one JSON object')
  .addOption(new Option('--port <port>', 'of the page').default(4500).argParser(within(0, 65_535)))
  .addOption(new Option('--speed <factor>', 'how much faster than real time').default(12).argParser(within(0.1, 1000)))
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
  .addArgument(oneOf('<what>', 'detect', 'rca', 'templates', 'retrieval', 'gameday', 'prepare'))
  .argument('[args...]')
  .option('--json', 'print one JSON object')
  .option('--out <dir>', 'detect: write per series what the detector said')
  .action(async (what, args, options) => (await import('./cli/score.ts')).score(what, args, options));

program
  .command('patterns')
  .description('the pattern library: import FILE|DIR, export DIR, lint FILE|DIR, history PAT, revert PAT VERSION, search TEXT, discover, reembed')
  .addArgument(oneOf('<verb>', 'import', 'export', 'lint', 'history', 'revert', 'search', 'discover', 'reembed'))
  .argument('[args...]')
  .action(async (verb, args) => (await import('./cli/patterns.ts')).patterns(verb, args));

program
  .command('tokens')
  .description('API tokens: create, list, revoke')
  .addArgument(oneOf('<verb>', 'create', 'list', 'revoke'))
  .argument('[name]', 'create: its name; revoke: its name or id')
  .option('--user <slack-user-id>', 'create: the person it belongs to (left out: a machine)')
  .option('--scopes <list>', 'create: read, detect, learn, act:request, act:approve, ingest; with commas', 'read')
  .option('--json', 'print JSON')
  .action(async (verb, name, options) => (await import('./cli/tokens.ts')).tokens(verb, name, options));

program
  .command('audit')
  .description('verify the audit chain and its signed checkpoints, print it, or write it out')
  .addArgument(oneOf('<verb>', 'verify', 'list', 'export'))
  .argument('[subject]', 'list and export: an incident, plan or other subject')
  .option('--json', 'print JSON')
  .option('--csv', 'export: as CSV instead of one JSON object a line')
  .action(async (verb, subject, options) => (await import('./cli/audit.ts')).audit(verb, subject, options));

program
  .command('incidents')
  .description('list the open incidents, or show one')
  .argument('[id]', 'such as INC-12')
  .option('--all', 'also those that are over')
  .addOption(new Option('--limit <count>', 'how many').default(50).argParser(within(1, 10_000)))
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./cli/incidents.ts')).incidents(id, options));

program
  .command('backup')
  .description('copy state and knowledge into a folder, while opsloop runs or not')
  .argument('[folder]', 'left out: a new one in var/backups')
  .addOption(new Option('--keep <count>', 'of those in var/backups, keep so many').argParser(within(1, 10_000)))
  .option('--json', 'print JSON')
  .action(async (folder, options) => (await import('./cli/backup.ts')).backup(folder, options));

program
  .command('store')
  .description('move the state from the SQLite file into PostgreSQL, all of it or nothing, checked row by row: opsloop store copy')
  .addArgument(oneOf('<verb>', 'copy'))
  .option('--from <file>', 'left out: store.path')
  .option('--to <url>', 'postgres://…; left out: DATABASE_URL or store.url')
  .option('--json', 'print JSON')
  .action(async (_verb, options) => (await import('./cli/store.ts')).copy(options));

program
  .command('restore')
  .description('put a backup in place of what is there (opsloop must be stopped)')
  .argument('<folder>')
  .option('--json', 'print JSON')
  .action(async (folder, options) => (await import('./cli/backup.ts')).restore(folder, options));

program
  .command('webhooks')
  .description('events that an outgoing webhook did not take: list them, or send them once more')
  .addArgument(oneOf('<verb>', 'dead', 'retry'))
  .argument('[name]', 'of one webhook')
  .option('--json', 'print JSON')
  .action(async (verb, name, options) => (await import('./cli/webhooks.ts')).webhooks(verb, name, options));

program
  .command('completion')
  .description('a completion script for the shell, such as: opsloop completion bash > ~/.local/share/bash-completion/completions/opsloop')
  .addArgument(oneOf('<shell>', 'bash', 'zsh', 'fish'))
  .action(async (shell) => (await import('./cli/completion.ts')).completion(program, shell));

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
