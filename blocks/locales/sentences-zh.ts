import { en } from './en.ts';
import { zh } from './zh.ts';

/**
 * Chinese for sentences that arrive as plain English (errors, causes, what an action touches), by their English template.
 * `{name}` stands for what the sentence names. Sentences with a code of their own are in explanations-zh.ts.
 */
export const sentencesZh: Readonly<Record<string, string>> = {
  // errors
  'Something went wrong inside opsloop.': 'opsloop 内部出错。',
  'The log has the details.': '详情见日志。',
  '"{text}" is not the name of an incident.': '“{text}”不是事件名。',
  '"{text}" is not the name of a plan.': '“{text}”不是计划名。',
  '"{text}" is not the name of a pattern.': '“{text}”不是模式名。',
  'Write it like {example}.': '请写成 {example}。',
  'There is no incident {id}.': '没有事件 {id}。',
  'There is no plan {id}.': '没有计划 {id}。',
  'There is no pattern {id}.': '没有模式 {id}。',
  'There is no action "{name}".': '没有操作“{name}”。',
  'Actions: {list}.': '可用的操作：{list}。',
  'There is no resource "{name}".': '没有资源“{name}”。',
  'Name one that the incident shows, such as ecs/checkout.': '请写事件中显示的资源，例如 ecs/checkout。',
  'Use a name the cards show, such as ecs/checkout.': '请用卡片上的名称，例如 ecs/checkout。',
  'Find it with "pattern search <words>".': '可用“pattern search 关键词”查找。',
  'Type "status" to see the open ones.': '输入“status”查看未结事件。',
  'Type "status" to see the ones that wait.': '输入“status”查看等待中的计划。',
  'Type "status" to see what is.': '输入“status”查看当前状态。',
  '{plan} does not wait for approval any more.': '{plan} 已不在等待批准。',
  'Its card shows where it is now.': '它的卡片显示当前状态。',
  'The time to approve {plan} is over.': '{plan} 的批准时间已过。',
  'Ask for the fix again to get a new plan.': '请重新发起修复以得到新的计划。',
  '{plan} is not what you saw when you pressed the button.': '{plan} 已和你按下按钮时看到的不同。',
  'Read its card again, then decide.': '请重新看它的卡片再决定。',
  'Only a person can do this, not a machine.': '这只能由人来做，不能由机器做。',
  'Use the buttons in Slack, or a token that belongs to a person.': '请使用 Slack 中的按钮，或属于某个人的令牌。',
  'Use a token that belongs to a person.': '请使用属于某个人的令牌。',
  'Slack does not know you as an active person of this workspace.': 'Slack 不认为你是此工作区的有效成员。',
  'Ask a workspace admin.': '请联系工作区管理员。',
  'You may not approve {plan}: the policy does not name you.': '你无权批准 {plan}：策略中没有你。',
  'You may not reject a plan: the policy does not name you.': '你无权拒绝计划：策略中没有你。',
  'You may not cancel a plan: the policy does not name you.': '你无权停止计划：策略中没有你。',
  'You may not {verb}: the policy does not name you.': '你无权执行此操作（{verb}）：策略中没有你。',
  'The people who may are set under policy.{list} in the config.': '有权的人在配置的 policy.{list} 中设置。',
  'You asked for {plan}, so somebody else has to approve it.': '{plan} 是你发起的，需要由其他人批准。',
  'Ask a colleague who may approve.': '请找有批准权的同事。',
  'Your approval of {plan} counts already.': '你对 {plan} 的批准已经计入。',
  'A different person has to give the next one.': '下一个批准须由另一个人给出。',
  '{plan} was decided a moment ago.': '{plan} 刚刚已有决定。',
  'Too late to reject {plan}: {why}.': '来不及拒绝 {plan}：{why}。',
  'Too late to cancel {plan}: {why}.': '来不及停止 {plan}：{why}。',
  'it is running already': '已在执行',
  'it ran already': '已执行',
  'it ran already, and it worked': '已执行并生效',
  'somebody rejected it before': '之前已被拒绝',
  'somebody cancelled it before': '之前已被停止',
  'it expired before': '之前已过期',
  'Say what to analyse.': '请说明要分析什么。',
  'An incident (rca INC-12), or a resource and a time (rca checkout-db last 2h).': '一个事件（rca INC-12），或资源加时间（rca checkout-db last 2h）。',
  'Nothing in the account or the knowledge base fits "{text}".': '账户和知识库中没有与“{text}”相符的内容。',
  'Name a resource as the cards do, such as "rca ecs/checkout last 1h".': '请像卡片那样写资源，例如“rca ecs/checkout last 1h”。',
  'The time to look at is from 1 minute to 7 days.': '可查看的时间为 1 分钟到 7 天。',
  'Write it like "last 2h".': '请写成“last 2h”。',
  'Say which incident you mean.': '请说明是哪个事件。',
  'Write it like INC-12, or "status" to see the open ones.': '请写成 INC-12，或输入“status”查看未结事件。',
  'No open incident fits "{text}".': '没有与“{text}”相符的未结事件。',
  '"{text}" fits several incidents.': '“{text}”符合多个事件。',
  '"{text}" fits several resources.': '“{text}”符合多个资源。',
  'Say which: {list}.': '请指明：{list}。',
  '{id} is a plan, not an incident.': '{id} 是计划，不是事件。',
  '{id} is a pattern, not an incident.': '{id} 是模式，不是事件。',
  '{id} is a plan, not an alert.': '{id} 是计划，不是告警。',
  'Give that verdict on its incident.': '请对它的事件作此评价。',
  'Only a person can acknowledge an incident.': '只有人可以接手事件。',
  '{incident} is over already ({state}).': '{incident} 已结束（{state}）。',
  'Nothing to acknowledge.': '无需接手。',
  'Only a person can silence a resource.': '只有人可以静默资源。',
  'A silence lasts from 1 minute to 30 days.': '静默时间为 1 分钟到 30 天。',
  'Write it like "silence ecs/checkout 2h".': '请写成“silence ecs/checkout 2h”。',
  'Only a person can give a verdict.': '只有人可以评价。',
  'Only a person can take a verdict back.': '只有人可以撤回评价。',
  '"{text}" is not something to give a verdict on.': '“{text}”不能评价。',
  'Name an incident (INC-12), a plan (PLAN-34) or a pattern (PAT-001): "feedback INC-12 good".':
    '请写事件（INC-12）、计划（PLAN-34）或模式（PAT-001）：“feedback INC-12 good”。',
  'Nothing was run for {incident} yet.': '{incident} 还没有执行过任何操作。',
  'Say whether the alert was right: "feedback INC-12 good" or "bad".': '请评价告警是否正确：“feedback INC-12 good”或“bad”。',
  '{incident} matched no pattern.': '{incident} 没有匹配的模式。',
  'Nothing to judge there.': '没有可评价的内容。',
  'Only a person or a token can ask for a fix.': '只有人或令牌可以发起修复。',
  '{incident} is resolved already.': '{incident} 已经解决。',
  'Nothing to fix.': '无需修复。',
  '{plan} ({action}) is under way for {incident}.': '{incident} 的 {plan}（{action}）正在进行。',
  'Reject or cancel it first: "reject {plan}".': '请先拒绝或停止它：“reject {plan}”。',
  'Say what to act on.': '请说明对什么执行。',
  'Name a resource such as ecs/checkout.': '请写资源，例如 ecs/checkout。',
  'There is no fix to propose for {incident}: {why}.': '没有可为 {incident} 提出的修复：{why}。',
  'it has not been analysed yet': '尚未分析',
  'the analysis knows no action that fits': '分析没有找到合适的操作',
  'Try "rca {incident}", or name an action: "fix {same} restart_service".': '请试“rca {incident}”，或指定操作：“fix {same} restart_service”。',
  'The parameters of {action} do not fit: {problem}.': '{action} 的参数不合适：{problem}。',
  '{action} does not work on {target} ({kind}).': '{action} 不能用于 {target}（{kind}）。',
  'It works on: {list}.': '可用于：{list}。',
  'Say what to look for.': '请说明要查找什么。',
  'For example: pattern search RDS too many connections': '例如：pattern search RDS 连接过多',
  '{incident} is not resolved yet.': '{incident} 尚未解决。',
  'A pattern is made of what is known to have worked.': '模式来自已知有效的做法。',
  'A person has to review a pattern before it counts.': '模式须由人审核后才生效。',
  'The pattern cannot be saved: {problem}': '模式无法保存：{problem}',
  'Mend it and send it again.': '请修改后重新发送。',
  'The knowledge base did not take the pattern.': '知识库没有接受该模式。',
  'Try again.': '请重试。',
  'Try again in a moment.': '请稍后重试。',
  'Trying again may help.': '重试可能有效。',
  '"{text}" is neither an action nor a service.': '“{text}”既不是操作也不是服务。',
  'Say "pause all", an action such as restart_service, or a service: {list}.': '请说“pause all”、某个操作如 restart_service，或某个服务：{list}。',
  'Nothing is paused.': '没有暂停的内容。',
  '{scope} is not paused.': '{scope} 没有暂停。',
  'The analysis was stopped before it was done.': '分析在完成前被中止。',
  'Ask again.': '请重新发起。',
  'The database is busy: too many changes are waiting.': '数据库繁忙：等待的更改太多。',
  'The window could not open in time.': '窗口没能及时打开。',
  'Press the button again.': '请再按一次按钮。',
  'Slack asks opsloop to slow down.': 'Slack 要求 opsloop 放慢速度。',
  // titles of incidents
  'Something is wrong': '出现异常',
  '{resource}: {metric} high': '{resource}：{metric} 偏高',
  '{resource}: {metric} low': '{resource}：{metric} 偏低',
  '{resource}: {metric} stuck': '{resource}：{metric} 停滞不变',
  '{resource}: {metric} missing': '{resource}：{metric} 没有数据',
  // causes
  'The last deploy of {resource} broke it.': '{resource} 的最近一次部署导致了问题。',
  'The last configuration change of {resource} caused it.': '{resource} 的最近一次配置变更导致了问题。',
  'A change to the infrastructure of {resource} caused it.': '{resource} 的基础设施变更导致了问题。',
  'A change of the size of {resource} caused it.': '{resource} 的规模变更导致了问题。',
  'Unusual access by {resource}.': '{resource} 有异常访问。',
  'A network rule of {resource} was opened.': '{resource} 的网络规则被放开。',
  'Memory of {resource} grows and is not given back.': '{resource} 的内存不断增长且不释放。',
  '{resource} is short of memory.': '{resource} 内存不足。',
  '{resource} is short of CPU.': '{resource} 的 CPU 不足。',
  '{resource} is running out of disk.': '{resource} 的磁盘即将用尽。',
  'The storage of {resource} is too busy.': '{resource} 的存储过于繁忙。',
  '{resource} runs out of connections.': '{resource} 的连接数耗尽。',
  '{resource} is throttled: its limit is too low for the load.': '{resource} 被限流：上限低于负载。',
  'More traffic than usual reaches {resource}.': '{resource} 的流量高于平常。',
  'Work piles up in {resource}.': '{resource} 中任务堆积。',
  'The cache {resource} no longer holds what is asked of it.': '缓存 {resource} 命中率下降。',
  'The certificate {resource} expires soon or has expired.': '证书 {resource} 即将过期或已过期。',
  'One availability zone behind {resource} is unwell.': '{resource} 的一个可用区异常。',
  'Snapshots pile up in {resource}.': '{resource} 的快照堆积。',
  'Unused volumes pile up in {resource}.': '{resource} 的未使用磁盘堆积。',
  'The cost of {resource} grows.': '{resource} 的成本在增长。',
  'Network traffic of {resource} is unusual.': '{resource} 的网络流量异常。',
  '{resource} itself fails.': '{resource} 自身出错。',
  '{resource} itself is slow.': '{resource} 自身变慢。',
  'Something is wrong with {resource}.': '{resource} 出现异常。',
  'One thing could not be checked.': '有 1 项无法检查。',
  '{n} things could not be checked.': '有 {n} 项无法检查。',
  // what an action touches
  'Restarts {target}. Its tasks are replaced one after another; requests in flight may be cut.': '重启 {target}。任务逐个替换，进行中的请求可能中断。',
  'Empties {target}. Readers go to the database until it is warm again.': '清空 {target}。预热之前读取会落到数据库。',
  'Removes rotated logs and temporary files on {target}. Current logs and data stay.': '删除 {target} 上的轮转日志和临时文件。当前日志和数据保留。',
  'Reboots {target}. It is away for a minute or two.': '重启 {target}。约一两分钟不可用。',
  'Reboots {target}. Every connection is cut; it is away for about a minute.': '重启 {target}。所有连接断开，约一分钟不可用。',
  'Adds {count} more to {target}. Costs more while it lasts.': '为 {target} 增加 {count} 个。期间成本增加。',
  'Moves {target} to the size "{size}". It is away for a few minutes while it changes; costs more.':
    '把 {target} 换成规格“{size}”。切换时几分钟不可用，成本增加。',
  'Raises the reserved concurrency of {target} to {n}. It takes that share from the account.': '把 {target} 的预留并发提高到 {n}。会占用账户的份额。',
  'Raises the provisioned capacity of {target} to {n} units. Costs more while it lasts.': '把 {target} 的预置容量提高到 {n} 个单位。期间成本增加。',
  'Takes the zone "{zone}" out of {target}. The other zones carry its traffic.': '把可用区“{zone}”移出 {target}。流量由其他可用区承担。',
  'Makes the standby of {target} its primary. Writes fail for up to a minute; connections are cut.':
    '把 {target} 的备库提升为主库。写入最多失败一分钟，连接断开。',
  'Puts {target} back on the version before the last deploy.': '把 {target} 退回到最近一次部署之前的版本。',
  'Puts the configuration of {target} back to what it was before its last change.': '把 {target} 的配置还原到最近一次变更之前。',
  'Raises the connection limit of {target} to {n}. Each connection takes memory.': '把 {target} 的连接数上限提高到 {n}。每个连接都占用内存。',
  'Adds {gb} GB to the storage of {target}. A volume cannot shrink again.': '为 {target} 的存储增加 {gb} GB。磁盘不能再缩小。',
  'Disables the access keys of {target}. Whatever signs with them stops working.': '停用 {target} 的访问密钥。使用它们的一切都会停止工作。',
  'Removes the rule last added to {target}. Traffic that relies on it is cut.': '删除 {target} 最近添加的规则。依赖它的流量会中断。',
  'Renews the certificate {target} and puts it on its listeners.': '更新证书 {target} 并应用到监听器。',
  'Stops {target}. Whatever still uses it stops working.': '停止 {target}。仍在使用它的都会停止工作。',
  'Deletes the snapshots of {target} that belong to no volume any more. They cannot be brought back.': '删除 {target} 中不再属于任何磁盘的快照。无法恢复。',
  'Deletes the unattached volumes of {target}. Their data cannot be brought back.': '删除 {target} 中未挂载的磁盘。数据无法恢复。',
  'Terminates {target}. Its local data is lost for good.': '终止 {target}。本地数据永久丢失。',
  'Scales {target} to nothing. Everything that calls it fails until it is brought back.': '把 {target} 缩减到零。恢复之前调用它的一切都会失败。',
};

interface Rule {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly zh: string;
}
function rule([template, chinese]: readonly [string, string]): Rule {
  const names = [...template.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
  const fixed = template.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { pattern: new RegExp(`^${fixed.join('(.{1,200}?)')}$`, 's'), names, zh: chinese };
}
const whole = new Map(Object.entries(sentencesZh));
for (const [key, title] of Object.entries(en)) if (key.startsWith('action.') && key !== 'action.on') whole.set(title, zh[key as keyof typeof zh]);
const rules = [...whole].filter(([template]) => template.includes('{')).map(rule);
const MAX_LENGTH = 600;

/** The Chinese of an English sentence, with what it names; a clause named in it is said in Chinese too. The sentence itself when there is none. */
export function translated(sentence: string): string {
  if (sentence.length > MAX_LENGTH || !/^["\p{L}]/u.test(sentence.trimStart())) return sentence;
  const known = whole.get(sentence);
  if (known !== undefined && !known.includes('{')) return known;
  for (const { pattern, names, zh: chinese } of rules) {
    const found = pattern.exec(sentence);
    if (found !== null)
      return chinese.replaceAll(/\{(\w+)\}/g, (_, name: string) => whole.get(found[names.indexOf(name) + 1] ?? '') ?? found[names.indexOf(name) + 1] ?? '');
  }
  return sentence;
}
