const SEEN_MAX = 5000;

/** What came twice within moments (one press sent twice, one message as two events). Across restarts the store remembers. */
export function createSeen(max = SEEN_MAX): (id: string) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return true;
    const oldest = seen.keys().next();
    if (seen.size >= max && oldest.done !== true) seen.delete(oldest.value);
    seen.add(id);
    return false;
  };
}

/**
 * Lets one at a time go on, each after what has arrived meanwhile was acknowledged: a durable write holds the thread for
 * milliseconds, and two hundred of them at once would hold every acknowledgement behind them.
 */
export function createTurns(): () => Promise<void> {
  let tail: Promise<void> = Promise.resolve();
  return () => {
    tail = tail.then(() => new Promise((resolve) => setImmediate(resolve)));
    return tail;
  };
}
