import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';
import { replicaCampaign } from './replicas/campaign.ts';

/**
 * `npm run -s crash-test -- --runs 200 [--replicas 3] [--seed 1] [--minutes 60] [--json]`: kills the bot with SIGKILL at every await between approve and
 * report; with several replicas, one of them while alerts come and plans run. Exit status 1 when anything was executed twice, or a report,
 * an alert, an approval or an action was lost.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    replicas: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' }, // no further run begins after so many
    json: { type: 'boolean', default: false },
  },
});
const [runs, replicas, seed] = [Number(values.runs), Number(values.replicas), Number(values.seed)];
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed) || !Number.isInteger(replicas) || replicas < 1 || replicas > 8 || !(minutes > 0)) {
  process.stderr.write('crash-test: --runs wants a count from 1, --replicas one from 1 to 8, --seed a whole number, --minutes a time.\n');
  process.exit(2);
}

const startedMs = performance.now();
const progress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${line}   `);
};
const { figures, failures } = replicas > 1 ? await several() : await one();
if (process.stderr.isTTY) process.stderr.write('\n');
for (const failure of failures) process.stderr.write(`${failure}\n`);
const seconds = Math.round((performance.now() - startedMs) / 1000);
const lines = Object.entries(figures).map(([name, value]) => `${name}: ${value}\n`);
process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${lines.join('')}seconds: ${seconds}\n`);

async function one() {
  const result = await campaign(runs, seed, progress, minutes * 60_000);
  const { crashes, points, pointsHit, doubleExecutions, lostReports, lostAlerts, brokenChains, missed } = result;
  process.exitCode = doubleExecutions + lostReports + lostAlerts + brokenChains > 0 || result.failures.length > 0 ? 1 : 0;
  const figures = { crashes, points, points_hit: pointsHit, double_executions: doubleExecutions, lost_reports: lostReports, lost_alerts: lostAlerts };
  return {
    figures: { ...figures, replicas: 1, store: 'sqlite', seed },
    failures: [...result.failures, ...missed.map((point) => `not hit: ${point}`)],
  };
}

async function several() {
  const result = await replicaCampaign(runs, replicas, seed, progress);
  const { kills, failures, doubleExecutions, lostActions, lostApprovals, lostAlerts, doubleAlerts, slowest, brokenChains } = result;
  process.exitCode = failures.length > 0 || brokenChains > 0 ? 1 : 0;
  const lost = { lost_actions: lostActions, lost_approvals: lostApprovals, lost_alerts: lostAlerts, double_alerts: doubleAlerts };
  const figures = { crashes: kills, double_executions: doubleExecutions, ...lost, goes_on_ms_most: Math.round(slowest), broken_chains: brokenChains };
  return { figures: { ...figures, replicas, store: 'postgres', seed }, failures };
}
