import { welcomeCard } from '../../blocks/help.ts';
import { clean, parse, unquote } from '../../commands/parse.ts';
import { commands } from '../../commands/registry.ts';
import { type Answer, type CommandName, privately } from '../../commands/types.ts';
import { words } from '../../commands/words.ts';
import { OpsError } from '../domain/errors.ts';
import { answering, type Where } from './answer.ts';
import { askerOf, type EdgeContext, subjectAt, tools, type Under } from './context.ts';

/** One way in for slash commands, mentions and DMs. `fixed`: the slash command says which command it is. */
export function onText(context: EdgeContext, where: Where, typed: string, fixed: CommandName | null): void {
  const asker = askerOf(context, where.userId, where.channel);
  answering(
    context,
    where,
    async () => (await asker).forMe,
    async (under) => {
      const done = await context.agent.current?.working(where.channel, where.threadTs, where.userId);
      try {
        return await run(context, where, typed, fixed, { asker: await asker, under });
      } finally {
        await done?.();
      }
    },
  );
}

interface Asking {
  readonly asker: Awaited<ReturnType<typeof askerOf>>;
  readonly under: Under;
}

async function run(context: EdgeContext, where: Where, typed: string, fixed: CommandName | null, { asker, under }: Asking): Promise<Answer> {
  const parsed = fixed === null ? parse(typed, commands) : fixedCommand(fixed, typed);
  if (parsed.type === 'empty') return privately(welcomeCard(asker.forMe));
  if (parsed.type === 'unknown') {
    const say = words(asker.forMe.locale);
    const hint = parsed.suggestion === null ? say.tryHelp : say.didYouMean(parsed.suggestion);
    throw new OpsError('invalid_input', say.unknown(parsed.word), hint);
  }
  const command = commands.find((one) => one.name === parsed.name);
  if (command === undefined) throw new OpsError('not_found', words(asker.forMe.locale).unknown(parsed.name), words(asker.forMe.locale).tryHelp);
  const about = where.threadTs === null ? null : await subjectAt(context, { channel: where.channel, ts: where.threadTs });
  return command.run({ ...asker, text: parsed.text, about }, tools(context, under));
}

/** `/rca help` asks for help on rca; anything else after `/rca` is its argument. */
function fixedCommand(name: CommandName, typed: string): { readonly type: 'command'; readonly name: CommandName; readonly text: string } {
  const asked = parse(typed, commands);
  if (asked.type === 'command' && asked.name === 'help' && asked.text === '') return { type: 'command', name: 'help', text: name };
  return { type: 'command', name, text: unquote(clean(typed)) };
}
