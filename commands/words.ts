import type { Locale } from '../blocks/card.ts';
import { usageIn } from './usage.ts';

/** The short answers of the Slack edge itself; everything on cards is in blocks/locales. */
interface Words {
  readonly unknown: (word: string) => string;
  readonly didYouMean: (name: string) => string;
  readonly tryHelp: string;
  readonly needs: (usage: string) => string;
  readonly example: (text: string) => string;
  readonly silenceNeeds: string;
  readonly silenceBounds: string;
  readonly silenceExample: string;
  readonly feedbackNeeds: string;
  readonly feedbackExample: string;
  readonly approved: (plan: string, have: number, need: number, lacking: boolean) => string; // lacking: not the right people yet
  readonly rejected: (plan: string) => string;
  readonly cancelled: (plan: string) => string;
  readonly proposed: (plan: string) => string;
  readonly oldButton: string;
  readonly oldCard: (subject: string) => string;
  readonly noRunbook: (incident: string) => string;
  readonly noRunbookHint: (incident: string) => string;
  readonly runbookComes: string;
  readonly notAnalysed: (incident: string) => string;
  readonly learned: (pattern: string, title: string) => string;
  readonly reasonByButton: string;
  readonly tooMuch: string;
  readonly tryLater: string;
  readonly working: string;
  readonly notFinished: string;
  readonly emptyMessage: string;
  readonly verdictGone: (subject: string) => string;
  readonly severalPlans: (list: string) => string;
  readonly noPlanWaits: (incident: string) => string;
  readonly badWindow: string;
  readonly notOurCard: string;
  readonly maintenanceNeeds: string;
  readonly maintenanceExample: string;
  readonly dmSet: (on: boolean) => string;
  readonly noScope: (name: string) => string;
  readonly languageSet: string;
  readonly notANumber: string;
  readonly timelineOf: (incident: string) => string; // of a picture, for screen readers
  readonly mapOf: (incident: string) => string;
  readonly incidentsADay: string;
  readonly stopping: string;
  readonly nothingToStop: string;
  readonly stoppedBy: (who: string) => string;
  readonly agentTitle: string;
  readonly agentPrompts: readonly { readonly title: string; readonly message: string }[];
  readonly agentWorking: string; // after the bot's name
}

const en: Words = {
  unknown: (word) => `I do not know "${word}".`,
  didYouMean: (name) => `Did you mean "${name}"?`,
  tryHelp: 'Type "help" to see what I can do.',
  needs: (usage) => `Something is missing: ${usage}`,
  example: (text) => `For example: ${text}`,
  silenceNeeds: 'Say what to silence and for how long.',
  silenceBounds: 'A silence lasts from one minute to seven days.',
  silenceExample: 'For example: silence rds/checkout-db 2h maintenance',
  feedbackNeeds: 'Say what it is about, and good or bad.',
  feedbackExample: 'For example: feedback INC-12 good',
  approved: (plan, have, need, lacking) =>
    need > have || lacking ? `Your approval of ${plan} counts: ${have} of ${need}.` : `Your approval of ${plan} counts. That is all it needed.`,
  rejected: (plan) => `${plan} is rejected. It will not run.`,
  cancelled: (plan) => `${plan} is cancelled. It will not run.`,
  proposed: (plan) => `${plan} is proposed.`,
  oldButton: 'This button is from an older card.',
  oldCard: (subject) => `That card was out of date. It now shows ${subject} as it is.`,
  noRunbook: (incident) => `${incident} has no runbook yet.`,
  noRunbookHint: (incident) => `Analyse it first: rca ${incident}`,
  runbookComes: 'The runbook is on its way to the thread.',
  notAnalysed: (incident) => `${incident} has not been analysed yet.`,
  learned: (pattern, title) => `Saved as ${pattern}: ${title}`,
  reasonByButton: 'with the button',
  tooMuch: 'Too much is being asked of me right now.',
  tryLater: 'Try again in a few seconds.',
  working: 'On it …',
  notFinished: 'This could not be finished.',
  emptyMessage: 'There is no text in that message to look at.',
  verdictGone: (subject) => `Your verdict on ${subject} is taken back.`,
  severalPlans: (list) => `Several plans are waiting: ${list}`,
  noPlanWaits: (incident) => `No plan of ${incident} is waiting for a decision.`,
  badWindow: 'This window is from an older version.',
  notOurCard: 'That message is not one of my cards.',
  maintenanceNeeds: 'Say which service is worked on, and for how long.',
  maintenanceExample: 'For example: maintenance checkout 2h in 30m new database',
  dmSet: (on) => (on ? 'From now on I write you when an approval waits for you.' : 'I do not write you any more. Approvals wait on the cards and in Home.'),
  noScope: (name) => `"${name}" is not a scope. There are:`,
  languageSet: 'I speak English with you from now on.',
  notANumber: 'A parameter is not of the kind it was: a number stays a number.',
  timelineOf: (incident) => `What happened around ${incident}`,
  mapOf: (incident) => `What is around ${incident}`,
  incidentsADay: 'Incidents a day',
  stopping: 'Stopping it.',
  nothingToStop: 'It is over already, or stops now where it runs.',
  stoppedBy: (who) => `⏹️ Stopped by ${who}.`,
  agentTitle: 'What would you like to know?',
  agentPrompts: [
    { title: 'What is open now?', message: 'status' },
    { title: 'Look for trouble', message: 'detect' },
    { title: 'Has this happened before?', message: 'pattern search CPU high and slow responses' },
    { title: 'How was the week?', message: 'week' },
  ],
  agentWorking: 'is looking into it …',
};

const zh: Words = {
  unknown: (word) => `我不认识“${word}”。`,
  didYouMean: (name) => `你是不是想用“${name}”？`,
  tryHelp: '输入“帮助”查看我能做什么。',
  needs: (usage) => `缺少内容：${usageIn('zh', usage)}`,
  example: (text) => `例如：${text}`,
  silenceNeeds: '请说明要静默什么、静默多久。',
  silenceBounds: '静默时长为一分钟到七天。',
  silenceExample: '例如：静默 rds/checkout-db 2小时 维护',
  feedbackNeeds: '请说明针对什么，以及好或不好。',
  feedbackExample: '例如：反馈 INC-12 好',
  approved: (plan, have, need, lacking) =>
    need > have || lacking ? `你对 ${plan} 的批准已记录：${have}/${need}。` : `你对 ${plan} 的批准已记录，批准人数已够。`,
  rejected: (plan) => `${plan} 已拒绝，不会执行。`,
  cancelled: (plan) => `${plan} 已取消，不会执行。`,
  proposed: (plan) => `已提出 ${plan}。`,
  oldButton: '这个按钮来自旧卡片。',
  oldCard: (subject) => `那张卡片已过期，现在显示的是 ${subject} 的最新状态。`,
  noRunbook: (incident) => `${incident} 还没有操作手册。`,
  noRunbookHint: (incident) => `请先分析：根因 ${incident}`,
  runbookComes: '操作手册马上会发到消息列里。',
  notAnalysed: (incident) => `${incident} 还没有分析。`,
  learned: (pattern, title) => `已保存为 ${pattern}：${title}`,
  reasonByButton: '通过按钮',
  tooMuch: '现在请求太多了。',
  tryLater: '请几秒后再试。',
  working: '正在处理……',
  notFinished: '这次没有完成。',
  emptyMessage: '那条消息里没有可以分析的文字。',
  verdictGone: (subject) => `你对 ${subject} 的评价已收回。`,
  severalPlans: (list) => `有多个计划在等待：${list}`,
  noPlanWaits: (incident) => `${incident} 没有等待决定的计划。`,
  badWindow: '这个窗口来自旧版本。',
  notOurCard: '那条消息不是我的卡片。',
  maintenanceNeeds: '请说明维护哪个服务、维护多久。',
  maintenanceExample: '例如：维护 checkout 2小时 30分钟后 换数据库',
  dmSet: (on) => (on ? '以后有审批等你时，我会私信你。' : '以后不再私信你，审批在卡片和主页上等待。'),
  noScope: (name) => `“${name}”不是权限。可用的有：`,
  languageSet: '以后我和你说中文。',
  notANumber: '参数的类型不对：数字必须仍是数字。',
  timelineOf: (incident) => `${incident} 的经过`,
  mapOf: (incident) => `${incident} 周围的资源`,
  incidentsADay: '每天的事件数',
  stopping: '正在停止。',
  nothingToStop: '已经结束，或即将停止。',
  stoppedBy: (who) => `⏹️ 已由 ${who} 停止。`,
  agentTitle: '想了解什么？',
  agentPrompts: [
    { title: '现在有什么问题？', message: '状态' },
    { title: '立即检测', message: '检测' },
    { title: '以前发生过吗？', message: '搜索 CPU 很高，响应变慢' },
    { title: '这周怎么样？', message: '周报' },
  ],
  agentWorking: '正在查看……',
};

const ALL: Record<Locale, Words> = { en, zh };
export const words = (locale: Locale): Words => ALL[locale];

/** A plain sentence as a card. */
export const sentence = (text: string) => ({ text, blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }] });
