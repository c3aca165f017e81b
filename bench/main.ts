import type { BenchResult } from './types.ts';

/** `npm run -s bench -- NAME [--json]`. Each bench is loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<BenchResult>>> = {
  detect: async () => (await import('./detect.ts')).benchDetect(),
  search: async () => (await import('./search.ts')).benchSearch(),
  vectors: async () => (await import('./vectors.ts')).benchVectors(),
  action: async () => (await import('./action.ts')).benchAction(),
  slack: async () => (await import('./slack.ts')).benchSlack(),
  ingest: async () => (await import('./ingest.ts')).benchIngest(),
  'scale-sim': async () => (await import('./scale-sim.ts')).benchScaleSim(),
  replicas: async () => (await import('./replicas.ts')).benchReplicas(),
  start: async () => (await import('./start.ts')).benchStart(),
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`bench: say which: ${Object.keys(BENCHES).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  const result = await bench();
  if (flags.includes('--json')) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    process.stdout.write(`${result.name}\n`);
    for (const [figure, value] of Object.entries(result.figures)) process.stdout.write(`  ${figure}: ${JSON.stringify(value)}\n`);
    process.stdout.write(`  ratio: ${result.ratio ?? '–'} (${result.against})\n`);
  }
}
