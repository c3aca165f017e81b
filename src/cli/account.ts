import { dirname, join } from 'node:path';
import type { Account } from '../base.ts';
import type { Config } from '../config.ts';
import type { Clock, Narrator } from '../domain/ports.ts';
import { openFolderArchive } from '../embedded/archive.ts';

const systemClock: Clock = { now: () => Date.now() };

/** The account that the config names. Whatever an account has to keep on this machine is kept beside the database. */
export async function openAccount(config: Config, clock: Clock = systemClock): Promise<Account> {
  const beside = dirname(config.store.path);
  if (config.account.kind === 'aws') {
    const { openAwsAccount } = await import('../aws/account.ts'); // the SDK takes a second to load; each account is loaded when it is named
    const localJournal = openFolderArchive(join(beside, 'aws-runs'));
    return { ...openAwsAccount({ settings: config.aws, region: config.account.region ?? '', clock, localJournal }), narrator: await openNarrator(config) };
  }
  const { createSandboxAccount } = await import('../sandbox/account/account.ts');
  const { builtIn } = await import('../sandbox/account/scenario.ts');
  const { asAccount } = await import('./simulated.ts');
  const simulated = createSandboxAccount({ scenario: builtIn(config.account.scenario), clock, stateFile: join(beside, 'account.json') });
  return { ...asAccount(simulated), narrator: await openNarrator(config) };
}

/** Null: summaries stay as they are made here. */
async function openNarrator({ narrator, aws, account }: Config): Promise<Narrator | null> {
  const knowledgeBaseId = narrator.knowledge_base_id ?? aws.knowledge?.knowledge_base_id;
  if (narrator.kind === 'none' || knowledgeBaseId === undefined) return null;
  const { openBedrockNarrator } = await import('../aws/narrator.ts');
  return openBedrockNarrator(aws, account.region ?? '', { ...narrator, knowledge_base_id: knowledgeBaseId });
}
