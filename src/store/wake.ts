/** Who listens to which channel in this process. */
export class Listeners {
  readonly #all = new Map<string, Set<(payload: string) => void>>();

  add(channel: string, listener: (payload: string) => void): () => void {
    const known = this.#all.get(channel) ?? new Set();
    this.#all.set(channel, known.add(listener));
    return () => void known.delete(listener);
  }

  tell(channel: string, payload: string): void {
    for (const listener of this.#all.get(channel) ?? []) listener(payload);
  }

  channels(): readonly string[] {
    return [...this.#all.keys()];
  }
}
