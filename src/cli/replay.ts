import { writeFile } from 'node:fs/promises';
import { createChartRenderer } from '../charts/renderer.ts';
import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { type ReplayResult, replayFile } from '../replay/replay.ts';
import { postRecording } from '../slack/recording.ts';
import { withProgress } from './progress.ts';

interface ReplayCommand {
  readonly json?: boolean;
  readonly png?: string;
  readonly post?: boolean;
}

/** `opsloop replay FILE.csv`: the alerts detection would have sent over a recording; `--png` draws them, `--post` shows them in Slack. */
export async function replay(file: string, options: ReplayCommand): Promise<void> {
  const config = loadConfig();
  const { thresholds } = config.detection;
  const result = await withProgress(`Replaying ${file}`, options.json, (tell) => replayFile(file, { thresholds, tell }));
  if (options.png !== undefined || options.post === true) await show(result, options, config);
  const { points, alerts } = result;
  process.stdout.write(options.json === true ? `${JSON.stringify({ file: result.file, points, alerts })}\n` : table(result));
}

async function show(result: ReplayResult, options: ReplayCommand, config: ReturnType<typeof loadConfig>): Promise<void> {
  const charts = createChartRenderer();
  try {
    const png = await charts.metricPng(result.spec);
    if (options.png !== undefined) await writeFile(options.png, png);
    if (options.post !== true) return;
    const sent = await postRecording(config.slack, createLog(config.log.level), result.file, result.anomalies, png);
    process.stderr.write(`${sent} of ${result.anomalies.length} alerts were sent to Slack.\n`);
  } finally {
    await charts.close();
  }
}

function table({ file, points, gaps, passedOver, alerts }: ReplayResult): string {
  const notes = [gaps > 0 ? `${gaps} without a value` : '', passedOver > 0 ? `${passedOver} out of order, passed over` : ''].filter((note) => note !== '');
  const head = `${file}: ${points} points${notes.length > 0 ? ` (${notes.join('; ')})` : ''}, ${alerts.length} alerts\n`;
  const rows = alerts.map(
    (alert) => `  ${alert.start}  →  ${alert.end ?? 'still going on'}  severity ${alert.severity.toFixed(2)}  ${alert.method}: ${alert.reason}\n`,
  );
  return head + rows.join('');
}
