import type { Json } from './types.ts';

/** What Slack answers with `ok: false`: a part of the protocol that is spoken here, not an error of opsloop. */
export class Refusal extends Error {
  readonly error: string;
  readonly extra: Json;

  constructor(error: string, extra: Json = {}) {
    super(error);
    this.name = 'Refusal';
    this.error = error;
    this.extra = extra;
  }
}

/** A refusal with its reasons, in the places where Slack puts them. */
export function refuseFor(error: string, reasons: readonly string[]): Refusal {
  return new Refusal(error, { errors: reasons, response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) } });
}
