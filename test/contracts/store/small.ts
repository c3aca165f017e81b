import { expect, it } from 'vitest';
import { NOON } from './drafts.ts';
import type { Place } from './place.ts';

export function smallContract(make: () => Place): void {
  it('remembers how far each reader has read', async () => {
    const { watermarks } = await make().open();
    expect(await watermarks.get('metrics')).toBeNull();
    await watermarks.set('metrics', NOON);
    await watermarks.set('metrics', NOON - 1);
    expect(await watermarks.get('metrics')).toBe(NOON - 1);
    expect(await watermarks.get('logs')).toBeNull();
  });

  it('tells one caller only that an event is new, over two connections', async () => {
    const place = make();
    const stores = [await place.open(), await place.open()] as const;
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => stores[n % 2 === 0 ? 0 : 1].dedupe.firstTime('Ev1', NOON + n)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await stores[0].dedupe.firstTime('Ev2', NOON + 100)).toBe(true);
    expect(await stores[0].dedupe.prune(NOON + 50)).toBe(1);
    expect(await stores[0].dedupe.firstTime('Ev1', NOON + 100)).toBe(true);
    expect(await stores[0].dedupe.firstTime('Ev2', NOON + 100)).toBe(false);
  });

  it('knows where a card is, and which card is there', async () => {
    const { messages } = await make().open();
    await messages.put('INC-1', { channel: 'C1', ts: '1.0' });
    await messages.put('INC-1', { channel: 'C1', ts: '2.0' });
    expect(await messages.get('INC-1')).toEqual({ channel: 'C1', ts: '2.0' });
    expect(await messages.subjectAt({ channel: 'C1', ts: '2.0' })).toBe('INC-1');
    expect(await messages.subjectAt({ channel: 'C1', ts: '1.0' })).toBeNull();
    expect(await messages.subjectAt({ channel: 'C2', ts: '2.0' })).toBeNull();
    expect(await messages.get('INC-2')).toBeNull();
  });

  it('keeps small named texts, sets some only when absent, and prunes by prefix and age', async () => {
    const { settings } = await make().open();
    expect(await settings.set('idem:a', '1', NOON, { onlyIfAbsent: true })).toBe(true);
    expect(await settings.set('idem:a', '2', NOON, { onlyIfAbsent: true })).toBe(false);
    expect(await settings.get('idem:a')).toBe('1');
    expect(await settings.set('idem:a', '3', NOON)).toBe(true);
    await settings.set('idem:b', 'new', NOON + 9);
    await settings.set('pref:U1', 'zh', NOON);
    await settings.set('idem', 'short', NOON);
    expect(await settings.prune('idem:', NOON + 5)).toBe(1);
    expect(await Promise.all(['idem:a', 'idem:b', 'pref:U1', 'idem', 'idem:%'].map((key) => settings.get(key)))).toEqual([null, 'new', 'zh', 'short', null]);
  });
}
