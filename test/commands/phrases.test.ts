import { describe, expect, test } from 'vitest';
import { parse } from '../../commands/parse.ts';
import { phrased } from '../../commands/phrases.ts';
import { commands } from '../../commands/registry.ts';
import { words } from '../../commands/words.ts';

describe('plain words', () => {
  test.each([
    ['What is open now?', 'status', ''],
    ["what's wrong", 'status', ''],
    ['Anything broken today?', 'status', ''],
    ['现在有什么问题？', 'status', ''],
    ['出什么事了', 'status', ''],
    ['look for trouble', 'detect', ''],
    ['看看有没有问题', 'detect', ''],
    ['have we seen too many connections before?', 'pattern', 'too many connections'],
    ['以前发生过 CPU 很高吗？', 'pattern', 'CPU 很高'],
    ['How was the week?', 'week', ''],
    ['这周怎么样？', 'week', ''],
    ['who may approve?', 'policy', ''],
    ['谁可以批准', 'policy', ''],
    ["what's quiet now", 'silences', ''],
    ["I'm on INC-12", 'ack', 'INC-12'],
    ['我来处理 INC-12', 'ack', 'INC-12'],
    ['What is wrong with checkout?', 'rca', 'checkout'],
    ['ecs/checkout 怎么了？', 'rca', 'ecs/checkout'],
    ['What is around rds/checkout-db?', 'topology', 'rds/checkout-db'],
    ['stop everything!', 'pause', 'all'],
    ['停止一切操作', 'pause', 'all'],
  ])('"%s" asks for %s', (typed, name, text) => {
    expect(parse(typed, commands)).toEqual({ type: 'command', name, text });
  });

  test.each(['what is the meaning of life', 'is it raining', 'please approve everything', 'go ahead and run it', 'yes', '好吧', 'who are you'])(
    '"%s" is asked back, not guessed',
    (typed) => {
      expect(parse(typed, commands)).toMatchObject({ type: 'unknown' });
    },
  );

  test('never decide: no sentence approves, rejects, fixes, cancels or resumes', () => {
    const grave = ['approve', 'reject', 'fix', 'resume', 'promote', 'withdraw'];
    const said = ['approve', 'yes do it', 'run the fix', 'let it run', '批准吧', '可以执行', 'resume everything please', 'go on'].map(
      (text) => phrased(text)?.name ?? null,
    );
    expect(said.filter((name) => name !== null && grave.includes(name))).toEqual([]);
  });

  test('commands as they are typed come first', () => {
    for (const { name, aliases } of commands)
      for (const word of [name, ...aliases]) expect(parse(`${word} x`, commands)).toMatchObject({ type: 'command', name });
  });

  test('what the agent pane suggests is understood, by its title and by what it sends', () => {
    for (const locale of ['en', 'zh'] as const) {
      for (const { title, message } of words(locale).agentPrompts) {
        const sent = parse(message, commands);
        expect(sent.type, message).toBe('command');
        expect(parse(title, commands), title).toMatchObject({ type: 'command', name: sent.type === 'command' ? sent.name : '' });
      }
    }
  });
});
