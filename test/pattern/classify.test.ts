import { describe, expect, it } from 'vitest';
import { loadLibrary } from '../../src/embedded/library.ts';
import { classify } from '../../src/pattern/classify.ts';

describe('Classifying', () => {
  it('sorts texts of both languages into the five categories, with reasons', () => {
    const expected: [string, string][] = [
      ['the API has been slow all morning, latency p99 at 4 s', 'performance'],
      ['接口响应变慢，队列积压', 'performance'],
      ['the service is down, connections refused', 'availability'],
      ['证书过期，网站打不开，服务不可用', 'availability'],
      ['GuardDuty reports cryptocurrency mining on an instance', 'security'],
      ['疑似暴力破解，大量登录失败', 'security'],
      ['unattached volumes are still billed', 'cost'],
      ['闲置实例还在计费', 'cost'],
      ['terraform drift: settings changed by hand', 'configuration'],
      ['配置漂移，参数被改', 'configuration'],
    ];
    for (const [text, category] of expected) {
      const found = classify(text);
      expect.soft([text, found.category]).toEqual([text, category]);
      expect(found.reasons.length).toBeGreaterThan(0);
      expect(found.confidence).toBeGreaterThan(0.3);
    }
  });

  it('agrees with the library on at least nine of ten patterns', async () => {
    const { patterns } = await loadLibrary();
    const right = patterns.filter((pattern) => classify(pattern).category === pattern.category).length;
    expect(right / patterns.length).toBeGreaterThanOrEqual(0.9);
  });

  it('is unsure, and gives no reason, when nothing speaks for any category', () => {
    expect(classify('hello there')).toEqual({ category: 'performance', confidence: 0.2, reasons: [] });
  });
});
