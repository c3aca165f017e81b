import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import { ANA, BEN, OPS_CHANNEL, World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start('memory-leak');
});
afterAll(() => world.stop());

const say = (who: string, text: string): Promise<string> => world.type(who, '/ops', text);
const secretIn = (text: string): string => /ops_[\w-]{40,}/.exec(text)?.[0] ?? '';
const status = async (secret: string): Promise<number> =>
  (await world.sandbox.app.http.inject({ url: '/api/status', headers: { authorization: `Bearer ${secret}` } })).statusCode;
const audited = async () => (await world.sandbox.app.store.audit.list({ limit: 1000 })).filter((row) => row.verb.startsWith('token.'));

describe('API tokens from Slack', () => {
  it('are made, seen and revoked by an operator; the secret is said once, to the asker alone', async () => {
    const made = await say(ANA, 'token create ci read,act:request');
    const secret = secretIn(made);
    expect(secret).not.toBe('');
    expect(await status(secret)).toBe(200);
    const { slack, app } = world.sandbox;
    const mine = slack.ephemerals(ANA).at(-1);
    expect(mine?.text).not.toContain(secret); // notifications and locked screens show this
    const elsewhere = [slack.messages(OPS_CHANNEL), slack.ephemerals(BEN), await audited(), await app.store.tokens.list()];
    expect(JSON.stringify(elsewhere)).not.toContain(secret);

    const listed = await say(ANA, 'tokens');
    expect(listed).toMatch(/`ci` – .*machine.* – `read` `act:request` – last used/);
    expect(listed).not.toContain('ops_');
    expect(await say(ANA, 'token revoke ci')).toContain('ci');
    expect(await status(secret)).toBe(401);
    expect(await audited()).toMatchObject([
      { verb: 'token.created', actor: user(ANA), detail: { name: 'ci', userId: null, scopes: ['read', 'act:request'] } },
      { verb: 'token.revoked', actor: user(ANA) },
    ]);
  });

  it('asked for by a mention are told in private all the same', async () => {
    const { slack, app } = world.sandbox;
    await slack.as(ANA).mention(OPS_CHANNEL, 'token create loud read');
    const found = await slack.waitFor('the token', () => slack.ephemerals(ANA).find((message) => JSON.stringify(message.blocks).includes('loud')), 5000);
    const secret = secretIn(JSON.stringify(found.blocks));
    expect(secret).not.toBe('');
    const said = [slack.messages(OPS_CHANNEL), ...slack.messages(OPS_CHANNEL).map((message) => slack.thread(OPS_CHANNEL, message.ts))];
    expect(JSON.stringify(said)).not.toContain(secret);
    await app.verbs.revokeToken('loud', user(ANA));
  });

  it('in a DM are answered there, and belong to the asker when they say so', async () => {
    const { slack, app } = world.sandbox;
    await slack.as(ANA).dm('token create mine read act:approve me');
    await slack.waitFor('the token', () => slack.dm(ANA).find((message) => secretIn(JSON.stringify(message.blocks)) !== ''), 5000);
    expect(await app.store.tokens.list()).toMatchObject([{ name: 'mine', userId: ANA, scopes: ['read', 'act:approve'] }]);
    expect(JSON.stringify(slack.messages(OPS_CHANNEL))).not.toContain('ops_');
  });

  it('are refused to others, to machines that would approve, and to tokens themselves; refusals are audited', async () => {
    const { app } = world.sandbox;
    const before = (await app.store.tokens.list()).length;
    for (const text of ['token create x read', 'tokens', 'token revoke mine']) expect(await say(BEN, text)).toMatch(/may not/);
    expect(await say(ANA, 'token create bot act:approve')).toMatch(/machine cannot approve/);
    expect(await say(ANA, 'token create <!channel> read')).toMatch(/no name for a token/);
    expect(await say(ANA, 'token create x root')).toMatch(/root/);
    expect(await say(ANA, 'token frob')).toMatch(/token create ci/);
    const byToken = { type: 'token', tokenId: 't', userId: ANA } as const;
    await expect(app.verbs.createToken({ name: 'x', forMe: true, scopes: ['read'] }, byToken)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await app.store.tokens.list()).toHaveLength(before);
    expect((await audited()).filter((row) => row.verb === 'token.refused')).toHaveLength(4);
  });
});
