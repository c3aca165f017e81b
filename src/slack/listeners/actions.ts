import type { App, BlockAction, BlockElementAction, RespondFn } from '@slack/bolt';
import { ACTION_PREFIX, decodeAction } from '../../../blocks/action-id.ts';
import { buttons } from '../../../commands/registry.ts';
import { type Answer, type Button, type Click, privately } from '../../../commands/types.ts';
import { sentence, words } from '../../../commands/words.ts';
import { toOpsError } from '../../domain/errors.ts';
import { answering, failureAnswer, type Where } from '../answer.ts';
import { askerOf, type EdgeContext, isDmChannel, tools, type Under } from '../context.ts';
import { freshen } from '../freshen.ts';
import type { Windows } from '../windows.ts';

/** Every press on anything: acknowledged at once, then answered, also when it is refused or not understood. */
export function listenToActions(app: App, context: EdgeContext, windows: Windows): void {
  app.action<BlockAction>({ type: 'block_actions' }, async ({ ack, body, action, respond }) => {
    await ack();
    if ('action_id' in action && action.action_id.startsWith(ACTION_PREFIX)) onPress(context, windows, body, action, respond);
  });
}

function onPress(context: EdgeContext, windows: Windows, body: BlockAction, action: BlockElementAction, respond: RespondFn | undefined): void {
  const where = whereOf(body, respond);
  const asker = askerOf(context, body.user.id, where.channel);
  const decoded = decodeAction(action.action_id, 'value' in action && typeof action.value === 'string' ? action.value : undefined);
  const button = decoded === null ? undefined : (buttons as readonly Button[]).find((one) => one.verbs.includes(decoded.verb));
  answering(
    context,
    where,
    async () => (await asker).forMe,
    async (under) => {
      if (decoded === null || button === undefined) return privately(sentence(words((await asker).forMe.locale).oldButton));
      return press(context, windows, { ...(await asker), ...decoded }, button, { body, where, under });
    },
  );
}

async function press(
  context: EdgeContext,
  windows: Windows,
  click: Click,
  button: Button,
  at: { readonly body: BlockAction; readonly where: Where; readonly under: Under },
): Promise<Answer | null> {
  const { body, where, under } = at;
  const ref = body.channel === undefined || body.message === undefined || isEphemeral(body) ? null : { channel: body.channel.id, ts: body.message.ts };
  try {
    const result = await button.press(click, tools(context, under));
    if ('modal' in result) {
      const viewId = await windows.open(context, body.trigger_id, result.modal, where);
      if (viewId !== null && result.later !== undefined) await windows.replace(context, viewId, result.later);
      return null;
    }
    if (ref !== null) await freshen(context, ref, body.message?.['metadata']);
    if (!('runbookOf' in result)) return result;
    await context.store.outbox.add({ type: 'runbook', incidentId: result.runbookOf, slug: result.slug }, context.clock.now());
    return privately(result.card);
  } catch (thrown) {
    if (under.run.stoppedBy() !== null) throw thrown;
    const refused = failureAnswer(context, thrown, click.forMe);
    const shown = ref === null ? null : await freshen(context, ref, body.message?.['metadata']);
    const stale = ['conflict', 'expired', 'not_found'].includes(toOpsError(thrown).code);
    if (shown === null || !stale) return refused;
    const note = words(click.forMe.locale).oldCard(shown);
    const { card } = refused;
    return privately({ text: `${card.text} ${note}`, blocks: [...card.blocks, { type: 'context', elements: [{ type: 'mrkdwn', text: note }] }] });
  }
}

/** Public answers go under the card that was pressed; from the Home tab everything goes to the person's DM. */
function whereOf(body: BlockAction, respond: RespondFn | undefined): Where {
  const channel = body.channel?.id;
  if (channel === undefined) return { channel: body.user.id, threadTs: null, userId: body.user.id, respond: null };
  const thread: unknown = body.message?.['thread_ts'] ?? body.container['thread_ts'];
  const root = isEphemeral(body) || isDmChannel(channel) ? null : (body.message?.ts ?? null);
  return { channel, threadTs: typeof thread === 'string' ? thread : root, userId: body.user.id, respond: respond ?? null };
}

const isEphemeral = (body: BlockAction): boolean => body.container['is_ephemeral'] === true;
