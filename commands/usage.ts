import type { Locale } from '../blocks/card.ts';

/** What stands in `<…>` and `[…]` of a usage line, in Chinese. Words outside are typed as they are. */
const ZH: Readonly<Record<string, string>> = {
  action: '操作',
  'all, an action or a service': 'all、操作或服务',
  command: '命令',
  comment: '备注',
  duration: '时长',
  incident: '事件',
  'incident or plan': '事件或计划',
  'incident or text': '事件或文字',
  'incident, plan or pattern': '事件、计划或模式',
  'incident, resource or service': '事件、资源或服务',
  'incident, text, or resource and time': '事件、文字，或资源加时间',
  me: 'me',
  name: '名称',
  pattern: '模式',
  plan: '计划',
  reason: '原因',
  reload: 'reload',
  resource: '资源',
  'resource or service': '资源或服务',
  scopes: '权限',
  service: '服务',
  text: '文字',
  time: '时间',
};

/** A usage line for people who read this language. */
export function usageIn(locale: Locale, usage: string): string {
  return locale === 'en' ? usage : usage.replaceAll(/(?<=[<[])[^<>[\]]+(?=[>\]])/g, (inside) => ZH[inside] ?? inside);
}
