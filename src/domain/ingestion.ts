/** How a knowledge base of another service takes up what changed in the archive. */
export interface IngestionView {
  /** `waiting`: something changed and none has started since. */
  readonly state: 'idle' | 'waiting' | 'running' | 'failed' | 'done';
  readonly error: string | null; // why it failed, in words
  readonly atMs: number | null; // since when
  readonly lastSuccessAtMs: number | null; // since this process started
}
