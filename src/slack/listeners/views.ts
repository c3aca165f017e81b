import type { App, ViewOutput } from '@slack/bolt';
import { modals } from '../../../commands/registry.ts';
import type { FormValues, Submission } from '../../../commands/types.ts';
import { answering } from '../answer.ts';
import { askerOf, type EdgeContext, tools } from '../context.ts';
import type { Windows } from '../windows.ts';

/** Windows that were sent: problems are shown in them at once, the rest happens after they close. */
export function listenToViews(app: App, context: EdgeContext, windows: Windows): void {
  for (const modal of modals) {
    app.view({ callback_id: modal.callbackId, type: 'view_submission' }, async ({ ack, body, view }) => {
      const nowMs = context.clock.now();
      const options = { locale: context.locale, nowMs };
      const submission: Submission = { userId: body.user.id, forMe: options, forAll: options, metadata: view.private_metadata, values: valuesOf(view) };
      const problems = modal.check(submission);
      if (problems !== null) {
        await ack({ response_action: 'errors', errors: { ...problems } });
        return;
      }
      await ack();
      const where = await windows.origin(view.id, body.user.id);
      const asker = askerOf(context, body.user.id, where.channel);
      answering(
        context,
        where,
        async () => (await asker).forMe,
        async (under) => modal.submit({ ...submission, ...(await asker) }, tools(context, under)),
      );
    });
  }
}

function valuesOf(view: ViewOutput): FormValues {
  const values = new Map<string, string | null>();
  for (const [blockId, fields] of Object.entries(view.state.values)) {
    for (const [actionId, field] of Object.entries(fields)) values.set(`${blockId}/${actionId}`, field.selected_option?.value ?? field.value ?? null);
  }
  return values;
}
