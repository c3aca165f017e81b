import type { ConfigInput } from '../../../src/config.ts';
import type { Timing } from '../../../src/slack/timing.ts';

export interface Go {
  readonly type: 'go';
  readonly url: string; // of the database
  readonly dir: string; // the replica's own
  readonly journal: string; // the account's file
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string; readonly channel: string };
  readonly timing: Partial<Timing>;
  readonly policy: ConfigInput['policy'];
  readonly secret: string; // of the webhooks
}
export type Ask = Go | { readonly type: 'propose'; readonly incidentId: string; readonly targetId: string; readonly userId: string };
export type Answer =
  | { readonly type: 'loaded' }
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'proposed'; readonly planId: string }
  | { readonly type: 'failed'; readonly error: string };
