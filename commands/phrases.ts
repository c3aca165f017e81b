import type { CommandName } from './types.ts';

interface Phrase {
  readonly said: RegExp; // its first group is what the command is about
  readonly name: CommandName;
}

/**
 * Whole sentences in plain words, for what is no command as typed. Each names one command and nothing else: what is not here is asked
 * back, never guessed. None of them approves, rejects or runs anything.
 */
const PHRASES: readonly Phrase[] = [
  {
    name: 'status',
    said: /^(?:what(?:'s| is| are)? (?:open|wrong|broken|going on|happening|up|waiting)|anything (?:open|wrong|broken)|how(?:'s it| is it| are things) (?:going|looking)|is (?:everything|all) (?:ok|okay|fine|alright))(?: (?:right )?now| here| today)?$/i,
  },
  { name: 'status', said: /^(?:现在|目前)?(?:有什么(?:问题|事|异常)|出(?:了)?什么(?:事|问题)|情况(?:怎么样|如何)|正常吗)(?:了|吗|呢)?$/ },
  { name: 'detect', said: /^(?:please )?(?:look for|find|search for) (?:trouble|problems|anomalies)(?: now)?$/i },
  { name: 'detect', said: /^(?:立即|马上)(?:检测|检查)$|^(?:看看|查查|找找)(?:有没有)?(?:问题|异常)$/ },
  { name: 'pattern', said: /^(?:has (?:this|it) happened before|have we seen|did we have)[:,]?(?: this| (.+?))?(?: before)?$/i },
  { name: 'pattern', said: /^(?:以前|之前)(?:发生|出现|遇到)过(.*?)吗?$/ },
  { name: 'week', said: /^how (?:was|is|did) (?:the|this|last|our) week(?: go)?$/i },
  { name: 'week', said: /^(?:这|上|本)周(?:怎么样|如何)$/ },
  { name: 'policy', said: /^who (?:may|can|is allowed to) (?:approve|do what|run what)(?: here)?$/i },
  { name: 'policy', said: /^谁(?:可以|能)(?:批准|审批)$/ },
  { name: 'silences', said: /^what(?:'s| is) (?:quiet|silenced|muted)(?: now)?$/i },
  { name: 'silences', said: /^(?:什么|哪些)(?:被)?静默了$/ },
  { name: 'ack', said: /^(?:i(?:'m| am) (?:on|looking at|taking)|i(?:'ll| will) take|mine:?) (.+?)$/i },
  { name: 'ack', said: /^我(?:来)?(?:处理|负责)(.+)$/ },
  { name: 'rca', said: /^what (?:caused|happened to|is wrong with|broke) (.+)$/i },
  { name: 'rca', said: /^(.+?)(?:怎么了|为什么(?:变慢|报错|挂了|出错))$/ },
  { name: 'topology', said: /^what (?:is|lies) around (.+)$/i },
  { name: 'pause', said: /^(?:please )?(?:stop|hold) (?:everything|all actions)$/i },
  { name: 'pause', said: /^(?:停止|暂停)(?:一切|所有)(?:操作)?$/ },
];

/** The command a sentence asks for, and about what; null: it is none of these. */
export function phrased(text: string): { readonly name: CommandName; readonly text: string } | null {
  const sentence = text.replace(/[\s?!.,;:]+$/u, '');
  for (const { name, said } of PHRASES) {
    const match = said.exec(sentence);
    if (match !== null) return { name, text: name === 'pause' ? 'all' : (match[1] ?? '').trim() };
  }
  return null;
}
