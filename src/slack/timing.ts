/** Real time, in ms: Slack and people count real seconds. A test in a hurry gives shorter ones. */
export interface Timing {
  readonly paceMs: number; // between two messages in one channel: Slack allows one a second
  readonly pollMs: number; // between two looks into an empty outbox
  readonly retryMs: number; // after the first failure of a delivery; it doubles from there
  readonly workingAfterMs: number; // a command slower than this says that it is being worked on
  readonly pictureRetryMs: number; // a new file cannot be shown at once
  readonly homeAgainAfterMs: number; // changes are gathered this long before Home tabs are published again
}

export const TIMING: Timing = { paceMs: 1000, pollMs: 200, retryMs: 1000, workingAfterMs: 1500, pictureRetryMs: 1000, homeAgainAfterMs: 3000 };
