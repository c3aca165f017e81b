import { OpsError } from '../domain/errors.ts';
import type { Tell } from '../domain/step.ts';
import { prepare, scoreDetect } from '../score/detect.ts';
import { scoreGameday } from '../score/gameday.ts';
import { scoreRca } from '../score/rca.ts';
import { scoreRetrieval } from '../score/retrieval.ts';
import { scoreTemplates } from '../score/templates.ts';
import { withProgress } from './progress.ts';

interface ScoreOptions {
  readonly json?: boolean;
  readonly out?: string;
}
interface Score {
  readonly json: unknown;
  readonly table: string;
}

/** `opsloop score WHAT [DIR]`: one capability on a folder of cases, with the configuration that ships. */
export async function score(what: string, args: readonly string[], options: ScoreOptions): Promise<void> {
  if (what === 'prepare') return await prepare(need(args[0], 'what to prepare'), need(args[1], 'the checkout'), need(args[2], 'the folder to write'));
  const result = await withProgress(`Scoring ${what}`, options.json, (tell) => run(what, args[0], options, tell));
  process.stdout.write(options.json === true ? `${JSON.stringify(result.json)}\n` : `${result.table}\n`);
}

async function run(what: string, dir: string | undefined, options: ScoreOptions, tell: Tell): Promise<Score> {
  switch (what) {
    case 'detect':
      return await scoreDetect(need(dir, 'the folder'), { tell, ...(options.out === undefined ? {} : { out: options.out }) });
    case 'rca':
      return await scoreRca(need(dir, 'the folder'), tell);
    case 'templates':
      return await scoreTemplates(need(dir, 'the folder'), tell);
    case 'retrieval':
      return await scoreRetrieval(need(dir, 'the folder'), tell);
    case 'gameday':
      return await scoreGameday(dir ?? null, tell);
    default:
      throw new OpsError(
        'invalid_input',
        `"${what}" cannot be scored.`,
        'Score detect, rca, templates, retrieval or gameday; or prepare nab, ops, petshop or loghub.',
      );
  }
}

function need(value: string | undefined, what: string): string {
  if (value === undefined) throw new OpsError('invalid_input', `Say ${what}.`, 'For example: opsloop score detect ../shared/data/detect-nab');
  return value;
}
