import { describe, expect, it } from 'vitest';
import { auditCard } from '../../blocks/audit.ts';
import { errorCard } from '../../blocks/error.ts';
import { feedbackCard } from '../../blocks/feedback.ts';
import { helpCard } from '../../blocks/help.ts';
import { homeView } from '../../blocks/home.ts';
import { feedbackModal, MEANING, patternModal, rejectModal } from '../../blocks/modals.ts';
import { noteCard, noteText } from '../../blocks/note.ts';
import { patternsCard } from '../../blocks/patterns.ts';
import { statusCard } from '../../blocks/status.ts';
import { pausedCard } from '../../blocks/switches.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { explain } from '../../src/domain/explanation.ts';
import { allText, buttons } from './read.ts';
import { analysed, feedbackReport, home, NOW_MS, options, pattern, plan, status, story } from './samples.ts';

describe('answers', () => {
  it('to a verdict say what it was taken for, with buttons that carry the verdict for the other meanings', () => {
    const card = feedbackCard(feedbackReport, options());
    expect(allText(card)).toContain('the fix of INC-12 was wrong');
    expect(allText(card)).toContain('88\u00a0% → 80\u00a0%');
    expect(buttons(card).map(({ verb, digest }) => [verb, digest])).toEqual([
      ['meaning_alert', 'bad'],
      ['meaning_match', 'bad'],
    ]);
  });

  it('to a search keep apart what is the same problem and what is only alike', () => {
    const alike = { ...analysed.matches[0], patternId: 'PAT-031', similarity: 0.7 };
    const text = allText(patternsCard({ matches: [...analysed.matches, alike], source: 'index' }, 'many <connections>', options()));
    expect(text).toContain('2 known patterns for "many &lt;connections&gt;"');
    expect(text.indexOf('Only somewhat alike')).toBeLessThan(text.indexOf('PAT-031'));
  });

  it('to a mistake say what is wrong and what to do, and never what broke inside', () => {
    expect(allText(errorCard(new OpsError('not_found', 'There is no INC-99.', 'See /ops status.'), options()))).toContain(
      'There is no INC-99.*\nSee /ops status.',
    );
    const inner = errorCard(new Error('SQLITE_BUSY at db.ts:12') as OpsError, options('zh'));
    expect(allText(inner)).toContain('opsloop 内部出错。');
    expect(allText(inner)).not.toContain('SQLITE');
  });

  it('to help are forgiving about the name, and show all commands when it is none', () => {
    expect(allText(helpCard('/FIX ', options()))).toContain('Takes an incident or a description.');
    expect(allText(helpCard('fixx', options()))).toContain('There is no command "fixx".');
  });

  it('call only people and groups', () => {
    const note = explain('x.y', '<!here> PLAN-34 waits.');
    expect(noteCard(note, ['U03BOB', 'S0ONCALL', '!here', 'everyone'], options()).text).toBe('<@U03BOB> <!subteam^S0ONCALL> &lt;!here&gt; PLAN-34 waits.');
    expect(noteText(note, 'zh')).toBe('&lt;!here&gt; PLAN-34 waits.');
  });

  it('about the past tell a story and leave digests out', () => {
    const text = allText(auditCard('INC-12', [...story, { ...(story[3] as (typeof story)[number]), detail: { digest: 'a3f1', reason: 'ok' } }], options()));
    expect(text).toContain('<@U03BOB> · *was fully approved* `PLAN-34` · looks right');
    expect(text).not.toContain('a3f1');
  });

  it('about the past keep the beginning and the end when it is long', () => {
    const long = Array.from({ length: 100 }, (_, index) => ({ ...(story[0] as (typeof story)[number]), seq: index, subject: `S-${index}` }));
    const text = allText(auditCard('INC-12', long, options()));
    for (const part of ['`S-0`', '`S-3`', '… and 80 more', '`S-84`', '`S-99`']) expect(text).toContain(part);
    expect(text).not.toContain('`S-50`');
  });

  it('about the loop warn when it has not run for minutes or a source is down', () => {
    expect(allText(statusCard({ ...status, lastTickAtMs: NOW_MS - 600_000 }, options()))).toContain('⚠️ 10 min ago');
    const replica = { id: 'replica-1', host: 'web-1', version: '0.1.0', policyMark: 'a1', leads: true, shards: 40, seenAgoMs: 300 };
    const team = allText(
      statusCard({ ...status, replicas: [replica, { ...replica, id: 'replica-2', leads: false, shards: 24, policyMark: 'b2' }] }, options()),
    );
    for (const said of ['2 on PostgreSQL, shards 40 / 24', 'web-1 replica-1 leads', 'different policies']) expect(team).toContain(said);
    expect(allText(statusCard({ ...status, replicas: [{ ...replica, leads: false }] }, options()))).toContain('nobody leads');
    const ingestion = { state: 'failed', error: 'The role may not read the bucket.', atMs: NOW_MS, lastSuccessAtMs: NOW_MS - 3_600_000 } as const;
    expect(allText(statusCard({ ...status, ingestion }, options()))).toMatch(
      /❌ did not take up the changes: The role may not read the bucket\. · last time it did: /,
    );
    expect(allText(statusCard({ ...status, ingestion: { ...ingestion, state: 'running', error: null } }, options('zh')))).toContain('正在同步');
    expect(allText(statusCard(status, options()))).not.toContain('Knowledge base');
    expect(allText(statusCard(status, options()))).toContain('❌ CloudTrail: Access denied');
    expect(allText(statusCard(status, options()))).toContain('1 of 2 answer');
  });

  it('to a pause name what is held and what runs on', () => {
    const text = allText(
      pausedCard(
        {
          ...{ scope: 'service:checkout', held: ['PLAN-34'], stopped: ['PLAN-35'], running: ['PLAN-33'] },
          sent: [{ planId: 'PLAN-33', action: 'restart_service', targetId: 'ecs/checkout', doing: 'execute' }],
        },
        options(),
      ),
    );
    expect(text).toContain('Paused: the service `checkout`');
    expect(text.indexOf('PLAN-34')).toBeLessThan(text.indexOf('PLAN-33'));
  });
});

describe('views', () => {
  it('of the Home tab put first what waits for this person, ready to decide', () => {
    const view = homeView({ ...home, waitingForMe: [plan()] }, options());
    const verbs = buttons(view as never).map((button) => button.verb);
    expect(verbs.slice(0, 6)).toEqual(['detect', 'silence', 'topology', 'pause', 'approve', 'reject']);
    expect(verbs.slice(-3)).toEqual(['set_language', 'set_language', 'set_dm']);
  });

  it('carry what the submission needs', () => {
    expect(rejectModal('PLAN-34', options()).private_metadata).toBe('PLAN-34');
    expect(patternModal(pattern, [], 'INC-12', options()).private_metadata).toBe('INC-12');
    expect(JSON.parse(feedbackModal('PLAN-34', 'bad', options()).private_metadata ?? '')).toEqual({ subject: 'PLAN-34', verdict: 'bad' });
  });

  it('ask about a pattern only whether it fits', () => {
    const input = feedbackModal('PAT-001', 'bad', options()).blocks.find((block) => block.block_id === MEANING.block_id);
    expect(JSON.stringify(input)).not.toContain('"value":"fix"');
  });
});
