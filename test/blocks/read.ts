import { decodeAction } from '../../blocks/action-id.ts';
import type { Card } from '../../blocks/card.ts';

function objects(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objects);
  if (value === null || typeof value !== 'object') return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objects)];
}

/** Everything a card says, one text a line. */
export const allText = (card: Pick<Card, 'blocks'>): string =>
  objects(card.blocks)
    .flatMap((one) => (typeof one['text'] === 'string' ? [one['text']] : []))
    .join('\n');

/** The buttons in their order, read back as a click would be. */
export const buttons = (card: Pick<Card, 'blocks'>) =>
  objects(card.blocks)
    .filter((one) => one['type'] === 'button')
    .map((one) => ({ ...decodeAction(String(one['action_id']), String(one['value'])), style: one['style'], confirm: one['confirm'] }));

export const pictures = (card: Pick<Card, 'blocks'>) => card.blocks.filter((block) => block.type === 'image');
