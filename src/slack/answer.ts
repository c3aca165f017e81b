import type { RespondFn } from '@slack/bolt';
import { type Card, type CardOptions, type Locale, mention } from '../../blocks/card.ts';
import { errorCard } from '../../blocks/error.ts';
import { picture } from '../../blocks/parts.ts';
import { type Answer, privately } from '../../commands/types.ts';
import { sentence, words } from '../../commands/words.ts';
import { toOpsError } from '../domain/errors.ts';
import type { MessageRef } from '../domain/store.ts';
import { call, logFailure } from './client.ts';
import { type EdgeContext, isDmChannel, type Under } from './context.ts';
import { rememberAnswer, rememberCopy } from './copies.ts';
import { isMissingMethod, slackErrorCode, slackFailure, waitMsOf } from './errors.ts';
import { realTime } from './pace.ts';
import { createProgress } from './progress.ts';
import { localeOfChannel } from './routing.ts';

/** Where somebody asked something. `respond` reaches also places the bot is not in. */
export interface Where {
  readonly channel: string; // a person's id means their DM
  readonly threadTs: string | null;
  readonly userId: string;
  readonly respond: RespondFn | null;
}

const TRIES_MAX = 3;
const WAIT_MAX_MS = 30_000;
const NOT_THERE: ReadonlySet<string> = new Set(['channel_not_found', 'not_in_channel', 'user_not_in_channel', 'is_archived']);

/** Gives an answer where it was asked, in place of a message of progress when there is one; rides out "slow down". Throws OpsError when Slack takes it nowhere. */
export async function give(context: EdgeContext, where: Where, answer: Answer, instead: MessageRef | null = null): Promise<void> {
  const shown = await withPicture(context, answer);
  await patiently(() => (shown.audience === 'everyone' ? toEveryone(context, where, shown, instead) : toAsker(context, where, shown.card)));
}

/** The picture goes under the card's first block; whatever fails there, the card goes without. */
async function withPicture(context: EdgeContext, answer: Answer): Promise<Answer> {
  if (answer.picture === undefined || !context.poster.takesFiles()) return answer;
  try {
    const { blocks, text } = answer.card;
    const fileId = await context.poster.uploadPicture(await context.draw(answer.picture), `${answer.picture.kind}.png`, text);
    await realTime.sleep(context.pictureWaitMs);
    return { ...answer, card: { text, blocks: [...blocks.slice(0, 1), ...picture(fileId, text), ...blocks.slice(1)] } };
  } catch (error) {
    logFailure(context.log, error, {}, 'an answer goes without its picture');
    return answer;
  }
}

async function toEveryone(context: EdgeContext, where: Where, { card, subject, live, locale }: Answer, instead: MessageRef | null): Promise<void> {
  try {
    await context.posting.run(async () => {
      const mark = { subject: subject ?? 'answer', notice: live ? 'copy' : 'answer' };
      const replaced = instead !== null && (await context.poster.update(instead, card, mark));
      const ref = replaced ? instead : await context.poster.post(where, card, mark);
      if (subject !== null) await rememberAnswer(context.store, subject, ref);
      if (subject !== null && live) await rememberCopy(context.store, subject, { ...ref, locale }, context.clock.now());
    });
  } catch (error) {
    if (where.respond === null || !NOT_THERE.has(slackErrorCode(error) ?? '')) throw error;
    await responding(where.respond, { ...card, response_type: 'in_channel' });
  }
}

async function toAsker(context: EdgeContext, where: Where, card: Card): Promise<void> {
  const direct = isDmChannel(where.channel) || where.channel === where.userId;
  if (direct) {
    await inDm(context, where, card);
  } else if (where.respond !== null) {
    await responding(where.respond, {
      ...card,
      response_type: 'ephemeral',
      replace_original: false,
      ...(where.threadTs === null ? {} : { thread_ts: where.threadTs }),
    });
  } else {
    await ephemeral(context, where, card);
  }
}

/** The DM with the bot; a DM between two people takes a slash command too, and only its `respond` reaches it. */
async function inDm(context: EdgeContext, where: Where, card: Card): Promise<void> {
  try {
    await context.poster.post(where, card, { subject: 'answer', notice: null });
  } catch (error) {
    if (where.respond === null || !NOT_THERE.has(slackErrorCode(error) ?? '')) throw error;
    await responding(where.respond, { ...card, response_type: 'ephemeral', replace_original: false });
  }
}

async function ephemeral(context: EdgeContext, where: Where, card: Card): Promise<void> {
  const thread = where.threadTs === null ? {} : { thread_ts: where.threadTs };
  try {
    await call('chat.postEphemeral', () => context.client.chat.postEphemeral({ ...card, ...thread, channel: where.channel, user: where.userId }));
  } catch (error) {
    if (!NOT_THERE.has(slackErrorCode(error) ?? '') && !isMissingMethod(error)) throw error;
    await context.poster.post({ channel: where.userId, threadTs: null }, card, { subject: 'answer', notice: null });
  }
}

async function responding(respond: RespondFn, message: Parameters<RespondFn>[0]): Promise<void> {
  try {
    await respond(message);
  } catch (thrown) {
    throw slackFailure('response_url', thrown);
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      const waitMs = waitMsOf(toOpsError(thrown));
      if (waitMs === null || attempt >= TRIES_MAX) throw thrown;
      await realTime.sleep(Math.min(waitMs, WAIT_MAX_MS));
    }
  }
}

/** The answer to something that failed: only for the asker. What is not meant for people goes to the log. */
export function failureAnswer(context: EdgeContext, thrown: unknown, options: CardOptions): Answer {
  const error = toOpsError(thrown);
  if (error.code === 'internal')
    context.log.error({ error: String(error.cause), stack: (error.cause as Error | undefined)?.stack }, 'a request from Slack failed');
  return privately(errorCard(error, options));
}

/**
 * Runs a request in the background and gives its answer; a failure is answered too. Never throws: the last resort is the log.
 * A request that is slow says so, once, or shows how far it is.
 */
export function answering(context: EdgeContext, where: Where, options: () => Promise<CardOptions>, work: (under: Under) => Promise<Answer | null>): void {
  const job = async (): Promise<void> => {
    let late: NodeJS.Timeout | undefined;
    const progress = createProgress(context, where);
    const run = context.runs.start();
    try {
      const slow = async (): Promise<void> => {
        if (!progress.begin()) await give(context, where, privately(sentence(words((await options()).locale).working)));
      };
      late = setTimeout(
        () => void slow().catch((error: unknown) => context.log.debug({ error: String(error) }, 'no word of progress')),
        context.workingAfterMs,
      );
      const answer = await work({ progress: progress.show, run }).catch(async (thrown: unknown) =>
        run.stoppedBy() === null ? failureAnswer(context, thrown, await options()) : null,
      );
      clearTimeout(late);
      const message = await progress.end();
      if (message !== null && answer?.audience !== 'everyone')
        await close(context, message, run.stoppedBy(), words(localeAt(context, where, (await options()).locale)));
      if (answer !== null) await give(context, where, answer, message);
    } catch (error) {
      context.log.error({ error: String(error), channel: where.channel }, 'an answer could not be given');
    } finally {
      run.end();
      clearTimeout(late);
    }
  };
  if (context.workers.run(job)) return;
  const busy = words(context.locale);
  void give(context, where, privately(sentence(`${busy.tooMuch} ${busy.tryLater}`))).catch((error: unknown) =>
    context.log.error({ error: String(error) }, 'too busy to say so'),
  );
}

/** A message of progress whose answer goes elsewhere promises nothing any more. */
async function close({ poster }: EdgeContext, message: MessageRef, stoppedBy: string | null, say: ReturnType<typeof words>): Promise<void> {
  const text = stoppedBy === null ? say.notFinished : say.stoppedBy(mention(stoppedBy) ?? stoppedBy);
  await poster.update(message, sentence(text), { subject: 'answer', notice: null });
}

const localeAt = (context: EdgeContext, { channel, userId }: Where, mine: Locale): Locale =>
  isDmChannel(channel) || channel === userId ? mine : localeOfChannel(channel, context);
