import type { ConfigInput } from '../../src/config.ts';
import type { Timing } from '../../src/slack/timing.ts';

/** Where to die, and how often to come by before. */
export interface Kill {
  readonly point: string;
  readonly skip: number;
}
export interface Go {
  readonly type: 'go';
  readonly dir: string;
  readonly knowledge: string; // folder
  readonly nowMs: number;
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string; readonly channel: string };
  readonly timing: Partial<Timing>;
  readonly policy: ConfigInput['policy'];
  readonly first: Kill | 'record' | null; // from the very start of the process
}
/** What the parent asks of a bot. */
export type Ask =
  | Go
  | { readonly type: 'arm'; readonly point: string | null; readonly skip: number }
  | { readonly type: 'record' }
  | { readonly type: 'points' }
  | { readonly type: 'propose'; readonly incidentId: string; readonly action: string; readonly targetId: string; readonly userId: string }
  | { readonly type: 'tick'; readonly nowMs: number };
export type Answer =
  | { readonly type: 'loaded' }
  | { readonly type: 'ready' }
  | { readonly type: 'done' }
  | { readonly type: 'points'; readonly points: readonly string[] }
  | { readonly type: 'proposed'; readonly planId: string }
  | { readonly type: 'failed'; readonly error: string };
