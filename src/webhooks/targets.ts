import type { Config } from '../config.ts';
import type { WebhookTarget } from './outgoing.ts';

/** The targets that the config names, each with the secret it is signed with. */
export const outgoingTargets = ({ http }: Config): readonly WebhookTarget[] =>
  http.webhooks.out.map(({ name, url, secret, events }) => ({ name, url, secret: secret ?? http.webhooks.secret ?? '', events }));
