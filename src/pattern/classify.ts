import { PATTERN_CATEGORIES, type Pattern, type PatternCategory } from '../domain/pattern.ts';

export interface Classification {
  readonly category: PatternCategory;
  readonly confidence: number; // 0..1
  readonly reasons: readonly string[]; // the words that spoke for it, the strongest first
}

/** Words that speak for a category, by weight. Both languages; a word may speak for several categories. */
const SIGNS: Readonly<Record<PatternCategory, readonly (readonly [RegExp, number])[]>> = {
  security: [
    [
      /guardduty|crypto ?currency|mining|malware|ransom|exfiltrat|brute.?force|privilege escalation|port ?scan|挖矿|木马|勒索|暴力破解|提权|端口扫描|数据外泄/gi,
      4,
    ],
    [/leaked|compromised|intruder|attack|suspicious|stolen|unauthori[sz]ed|vulnerab\w*|\bcve\b|泄露|入侵|攻击|可疑|漏洞/gi, 3],
    [
      /\biam\b|access key|root (?:user|account|login)|\bmfa\b|console ?login|audit (?:trail|log)|cloudtrail|administrator ?access|密钥|根账号|异地登录|审计/gi,
      2,
    ],
    [/public(?:ly)?|open to the (?:world|internet)|0\.0\.0\.0\/0|unencrypted|encryption|kms|security group|login|公开|公网|未加密|安全组/gi, 1.5],
  ],
  cost: [
    [/\bcosts?\b|billed|\bbill(?:ing)?\b|charges?\b|spend(?:ing)?|budget|savings plan|reserved instance|费用|账单|成本|计费|预算|花钱/gi, 3],
    [/\bidle\b|unused|unattached|over-?provisioned|oversized|underused|rightsiz\w*|闲置|没人用|未挂载|空跑|规格过大/gi, 3],
    [/snapshots?|data transfer|non-production|lifecycle|retention|快照|流量费|旧快照/gi, 1.5],
  ],
  configuration: [
    [/drift(?:ed)?|misconfigur\w*|mismatch|wrong (?:setting|value|path|port)|pending-reboot|漂移|配错|不匹配|不一致|手改/gi, 3.5],
    [/configur\w*|parameters?|settings?|environment variable|terraform|cloudformation|clock skew|time ?zone|quota|配置|参数|环境变量|时钟|配额|时区/gi, 2],
    [
      /health check (?:path|settings)|missing (?:permission|variable|tag|backup)|not authorized|access ?denied|version|backups?|blocks traffic|权限|版本|备份|标签/gi,
      1.5,
    ],
  ],
  availability: [
    [/unavailable|unreachable|outage|not ready|\bdown\b|crash\w*|refused|impaired|不可用|宕机|失联|崩溃|连不上|故障/gi, 3],
    [
      /expir\w*|stopped|(?:disk|storage|volume|file ?system)\w* (?:is |nearly |filling )?(?:full|up)|no space left|filling|5xx|50[0234]|unhealthy|out of memory|过期|磁盘满|写满|不健康|起不来/gi,
      3,
    ],
    [/errors?\b|fail\w*|restart\w*|killed|cannot|lost|失败|报错|错误|重启/gi, 1.2],
    [/deploy\w*|release|发布|上线/gi, 1],
  ],
  performance: [
    [/\bslow\w*|latency|response ?time|\blag\b|backlog|throttl\w*|contention|saturat\w*|慢|延迟|积压|限流|卡顿/gi, 3],
    [/\bcpu\w*|memory leak|evictions?|hit ?rate|cache miss\w*|iops|queue\w*|credits?|garbage|pauses?|内存|命中率|缓存|打满/gi, 2],
    [/exhaust\w*|time.?outs?|timed out|high|load|duration|traffic|connections?|升高|耗尽|超时|流量/gi, 1],
  ],
};

/** Sorts a text or a pattern into one of the five categories; a pattern's title counts three times. */
export function classify(what: string | Pattern): Classification {
  const texts = typeof what === 'string' ? [{ text: what, weight: 1 }] : weighted(what);
  const scores = PATTERN_CATEGORIES.map((category) => ({ category, ...scoreOf(texts, category) }));
  scores.sort((a, b) => b.score - a.score);
  const total = scores.reduce((sum, one) => sum + one.score, 0);
  const best = scores[0];
  // Nothing speaks for any: what is merely odd is most often slow.
  if (best === undefined || best.score === 0) return { category: 'performance', confidence: 1 / PATTERN_CATEGORIES.length, reasons: [] };
  return { category: best.category, confidence: Math.round((best.score / (total + 1)) * 100) / 100, reasons: best.reasons };
}

const weighted = (pattern: Pattern): { text: string; weight: number }[] => [
  { text: pattern.title, weight: 3 },
  { text: pattern.description, weight: 1 },
  { text: pattern.symptoms.join('\n'), weight: 0.7 },
  { text: pattern.root_causes.join('\n'), weight: 0.3 },
];

function scoreOf(texts: readonly { text: string; weight: number }[], category: PatternCategory): { score: number; reasons: string[] } {
  const found = new Map<string, number>();
  for (const { text, weight } of texts) {
    for (const [sign, strength] of SIGNS[category]) {
      // A word repeated says little more than the word once.
      for (const word of new Set((text.match(sign) ?? []).map((one) => one.toLowerCase()))) found.set(word, (found.get(word) ?? 0) + weight * strength);
    }
  }
  const sorted = [...found].sort((a, b) => b[1] - a[1]);
  return { score: sorted.reduce((sum, [, value]) => sum + value, 0), reasons: sorted.slice(0, 5).map(([word]) => word) };
}
