import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';

/**
 * `npm run -s crash-test -- --runs 200 [--seed 1] [--json]`: kills the bot with SIGKILL at every await between approve and
 * report. Exit status 1 when anything was executed twice, or a report or alert was lost.
 */
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  process.stderr.write('crash-test: --runs wants a count from 1, --seed a whole number.\n');
  process.exit(2);
}

const startedMs = performance.now();
const result = await campaign(runs, seed, (line) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${line}   `);
});
if (process.stderr.isTTY) process.stderr.write('\n');
for (const failure of result.failures) process.stderr.write(`${failure}\n`);
for (const point of result.missed) process.stderr.write(`not hit: ${point}\n`);
const figures = {
  crashes: result.crashes,
  points: result.points,
  points_hit: result.pointsHit,
  double_executions: result.doubleExecutions,
  lost_reports: result.lostReports,
  lost_alerts: result.lostAlerts,
  replicas: 1,
  store: 'sqlite',
  seed,
};
const seconds = Math.round((performance.now() - startedMs) / 1000);
const lines = Object.entries(figures).map(([name, value]) => `${name}: ${value}\n`);
process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${lines.join('')}seconds: ${seconds}\n`);
process.exitCode = result.doubleExecutions + result.lostReports + result.lostAlerts + result.brokenChains > 0 || result.failures.length > 0 ? 1 : 0;
