/** A map that forgets: it holds at most two generations of `budget` characters of keys, the older one goes first. */
export class RecentMap {
  private readonly budget: number;
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private used = 0;

  constructor(budget: number) {
    this.budget = budget;
  }

  get(key: string): number | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const before = this.old.get(key);
    if (before !== undefined) this.set(key, before);
    return before;
  }

  set(key: string, value: number): void {
    this.used += key.length + 32; // an entry costs something besides its text
    if (this.used > this.budget) {
      this.old = this.young;
      this.young = new Map();
      this.used = key.length + 32;
    }
    this.young.set(key, value);
  }
}
