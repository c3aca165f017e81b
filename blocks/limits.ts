import { block } from './limits/blocks.ts';
import { LIMITS, ONLY_ON, type Surface } from './limits/numbers.ts';
import { str } from './limits/objects.ts';
import { objectsIn, problemsOf, shapeOf, typeOf } from './limits/problems.ts';
import { view } from './limits/views.ts';

function duplicates(blocks: readonly unknown[], root: string): string[] {
  const problems: string[] = [];
  const blockIds = new Set<string>();
  blocks.forEach((one, index) => {
    const actionIds = new Set<string>();
    let focused = 0;
    for (const { object, path } of objectsIn(one, `${root}[${index}]`)) {
      const blockId = object['block_id'];
      const actionId = object['action_id'];
      if (typeof blockId === 'string' && blockIds.size === blockIds.add(blockId).size)
        problems.push(`${path}.block_id: ${JSON.stringify(blockId)} is used twice`);
      if (typeof actionId === 'string' && actionIds.size === actionIds.add(actionId).size)
        problems.push(`${path}.action_id: ${JSON.stringify(actionId)} is used twice in one block`);
      if (object['focus_on_load'] === true) focused += 1;
    }
    if (focused > 1) problems.push(`${root}[${index}]: only one element may have focus_on_load`);
  });
  return problems;
}

/** The characters of all texts shown by blocks: what `msg_blocks_too_long` counts. */
export function blocksTextLength(blocks: readonly unknown[]): number {
  let length = 0;
  for (const { object } of objectsIn(blocks, '')) {
    for (const key of ['text', 'title', 'caption', 'alt_text']) length += typeof object[key] === 'string' ? object[key].length : 0;
  }
  return length;
}

function togetherProblems(blocks: readonly unknown[], root: string): string[] {
  const problems: string[] = [];
  const texts = blocks.filter((one) => typeOf(one) === 'markdown');
  const markdown = texts.length > 1 ? blocksTextLength(texts) : 0; // one alone is checked by itself
  const tables = blocks.filter((one) => typeOf(one) === 'table' || typeOf(one) === 'data_table');
  if (markdown > LIMITS.markdownText)
    problems.push(`${root}: the markdown blocks have ${markdown} characters together, at most ${LIMITS.markdownText} are allowed`);
  const cells = blocksTextLength(tables);
  if (cells > LIMITS.tableText) problems.push(`${root}: the tables have ${cells} characters together, at most ${LIMITS.tableText} are allowed`);
  if (blocks.filter((one) => typeOf(one) === 'table').length > 1) problems.push(`${root}: only one table block is allowed`);
  return problems;
}

/** Problems in words, each with its path (`blocks[0].text.text: …`); empty when Slack would take the blocks. */
export function checkBlocks(blocks: unknown, surface: Surface = 'message', root = 'blocks'): string[] {
  if (!Array.isArray(blocks)) return [`${root}: is not a list`];
  const max = surface === 'message' ? LIMITS.messageBlocks : LIMITS.viewBlocks;
  const problems = blocks.length > max ? [`${root}: has ${blocks.length} items, at most ${max} are allowed`] : [];
  blocks.forEach((one, index) => {
    const path = `${root}[${index}]`;
    problems.push(...problemsOf(block, one, path));
    const only = ONLY_ON[typeOf(one)];
    if (only !== undefined && !only.includes(surface)) problems.push(`${path}: a block of type ${typeOf(one)} works in a ${only.join(' or ')} only`);
  });
  return [...problems, ...duplicates(blocks, root), ...togetherProblems(blocks, root)];
}

/** The same for a modal or a Home tab, as given to views.open, views.update, views.push or views.publish. */
export function checkView(value: unknown): string[] {
  const problems = problemsOf(view, value, 'view');
  const { type, blocks, submit } = shapeOf(value);
  if (!Array.isArray(blocks)) return problems;
  problems.push(...checkBlocks(blocks.slice(0, LIMITS.viewBlocks), type === 'home' ? 'home' : 'modal', 'view.blocks'));
  if (type === 'modal' && submit === undefined && blocks.some((one) => typeOf(one) === 'input'))
    problems.push('view.submit: is needed in a modal with input blocks');
  return problems;
}

/** The same for a whole message. A message of blocks needs a `text` too: notifications and screen readers use it. */
export function checkMessage(message: { readonly text?: unknown; readonly blocks?: unknown }): string[] {
  const problems = problemsOf(str(LIMITS.messageText), message.text, 'text');
  if (message.blocks === undefined) return problems;
  problems.push(...checkBlocks(message.blocks));
  const length = Array.isArray(message.blocks) ? blocksTextLength(message.blocks) : 0;
  if (length > LIMITS.messageBlocksText) problems.push(`blocks: have ${length} characters together, at most ${LIMITS.messageBlocksText} are allowed`);
  return problems;
}
