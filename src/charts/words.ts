/** The few words on pictures. */
const EN = {
  threshold: 'threshold {value}',
  offChart: ' (off the chart)',
  normal: 'normal range',
  up: 'too high',
  down: 'too low',
  flat: 'stuck',
  missing: 'no data',
  anomaly: 'anomaly',
  moreChanges: '+ {n} changes',
  noData: 'No data in this window',
  deploy: 'deploy',
  config: 'configuration',
  scale: 'scaling',
  access: 'access',
  infrastructure: 'infrastructure',
  timeline: 'What happened: {title}',
  signal: 'signal',
  change: 'change',
  loop: 'opsloop',
  person: 'people',
  earlier: '… and {n} earlier',
  around: 'Around {title}: callers on the left, what they depend on to the right',
  cause: 'likely cause',
  sick: 'out of line',
  well: 'as usual',
  moreNodes: '+ {n} more',
  trend: 'Incidents a day, the last {n} days',
  healed: 'fixed by opsloop',
  noise: 'false alarms',
  other: 'other',
  opened: 'incident opened',
  analysed: 'cause looked for',
  resolved: 'incident resolved',
} as const;
type ChartWord = keyof typeof EN;

const ZH: Record<ChartWord, string> = {
  threshold: '阈值 {value}',
  offChart: '（超出图外）',
  normal: '正常范围',
  up: '过高',
  down: '过低',
  flat: '停滞',
  missing: '没有数据',
  anomaly: '异常',
  moreChanges: '另有 {n} 次变更',
  noData: '这段时间没有数据',
  deploy: '发布',
  config: '配置变更',
  scale: '伸缩',
  access: '权限变更',
  infrastructure: '基础设施变更',
  timeline: '经过：{title}',
  signal: '信号',
  change: '变更',
  loop: 'opsloop',
  person: '人',
  earlier: '……更早还有 {n} 件',
  around: '{title} 周围：左边是调用方，右边是被依赖的资源',
  cause: '可能原因',
  sick: '异常',
  well: '正常',
  moreNodes: '另有 {n} 个',
  trend: '最近 {n} 天每天的事件数',
  healed: 'opsloop 修复',
  noise: '误报',
  other: '其他',
  opened: '事件开启',
  analysed: '查找原因',
  resolved: '事件解决',
};

type Locale = 'en' | 'zh' | undefined;

export function chartWord(locale: Locale, word: ChartWord, values: Readonly<Record<string, string | number>> = {}): string {
  return (locale === 'zh' ? ZH : EN)[word].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A marker's or span's label in the reader's language when it is one of ours; else as it is, without underscores. */
export function chartLabel(locale: Locale, label: string): string {
  if (Object.hasOwn(EN, label)) return chartWord(locale, label as ChartWord);
  return /^[a-z_]+$/.test(label) ? label.replaceAll('_', ' ') : label; // an action; metric names stay as they are
}
