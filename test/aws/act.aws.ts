import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { remediatorContract } from '../contracts/remediator.ts';
import { refused, step } from './acting.ts';
import { instanceId, remediator, secondId, service, settings, shop } from './shop.ts';
import { build, double, proxy, setStage } from './stage.ts';
import { accountOf, endpoint, first, memoryArchive, signal } from './support.ts';

setStage();
remediatorContract('AWS', async () => {
  await shop();
  return {
    remediator: accountOf(settings, undefined, memoryArchive()).remediator,
    reversible: step('scale_out', 'ecs/shop/checkout', { count: 2 }),
    lasting: step('reboot_instance', `ec2/${instanceId}`),
    unknownTarget: step('restart_service', 'ecs/shop/nowhere'),
    wrongKind: step('scale_out', `ec2/${instanceId}`, { count: 1 }),
    wrongParams: step('scale_out', 'ecs/shop/checkout', { count: 5000 }),
    alreadySo: step('take_service_down', 'ecs/shop/down'),
    effects: async () => ((await service()).desiredCount === 4 ? 0 : ((await service()).desiredCount ?? 0) / 2 - 2),
    fail: () => {
      proxy.spoil = () => ({ kind: 'refuse' });
    },
  };
});

describe('what AWS can do', () => {
  beforeEach(shop);

  it('is part of the catalogue, with targets that the catalogue names', () => {
    for (const name of remediator().actions) expect(CATALOGUE.map((facts) => facts.name)).toContain(name);
    expect(CATALOGUE.map((facts) => facts.name).filter((name) => !remediator().actions.includes(name))).toEqual(['renew_certificate']);
  });

  it('says in words what it cannot do there', async () => {
    await expect(remediator().inspect(step('renew_certificate', 'acm/shop'), signal())).rejects.toSatisfy(
      refused('invalid_input', 'cannot do renew_certificate on AWS. ACM renews its own certificates'),
    );
    await expect(remediator().inspect(step('raise_capacity', `ec2/${instanceId}`, { units: 5 }), signal())).rejects.toSatisfy(
      refused('invalid_input', 'There it works on: dynamodb'),
    );
  });

  it('touches no more targets an hour than the config allows', async () => {
    const act = remediator({ blast: { ...settings.blast, targets_per_hour: 1 } });
    await act.execute(step('reboot_instance', `ec2/${instanceId}`), 'k', signal());
    await expect(act.execute(step('reboot_instance', `ec2/${secondId}`), 'k2', signal())).rejects.toSatisfy(refused('limited', 'already acted on 1 targets'));
    await act.execute(step('clear_logs', `ec2/${instanceId}`), 'k3', signal()); // the same one again is no new target
    const { Commands } = await build.ssm.send(new ListCommandsCommand({}));
    expect(first(Commands ?? []).Comment).toBe('opsloop k3');
  });

  it('runs only automations that the config names, with parameters that the document has', async () => {
    endpoint(double.url, 'SSM');
    const act = remediator();
    double.state.documents = { 'AWS-RestartEC2Instance': { parameters: [{ name: 'InstanceId' }, { name: 'AutomationAssumeRole', fallback: '' }] } };
    const run = (params: Record<string, string>) => step('run_automation', `ec2/${instanceId}`, params);
    await expect(act.dryRun(run({ document: 'AWS-StopEC2Instance' }), signal())).rejects.toSatisfy(refused('forbidden', 'does not name'));
    await expect(act.dryRun(run({ document: 'AWS-TerminateEC2Instance' }), signal())).rejects.toSatisfy(refused('forbidden', 'destroys'));
    await expect(act.dryRun(run({ document: 'AWS-RestartEC2Instance', Force: 'yes' }), signal())).rejects.toSatisfy(
      refused('invalid_input', 'no parameter Force'),
    );
    const receipt = await act.execute(run({ document: 'AWS-RestartEC2Instance' }), 'k', signal());
    expect(receipt).toMatchObject({ execution: 'exec-1', status: 'Success' });
    expect(double.state.executions[0]?.body).toMatchObject({ Parameters: { InstanceId: [instanceId] }, ClientToken: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    delete process.env['AWS_ENDPOINT_URL_SSM'];
  });
});

describe('an action whose answer was lost', () => {
  beforeEach(shop);

  it('is found at its target, and never done twice', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 2 });
    await act.inspect(scale, signal());
    proxy.spoil = ({ body }) => (body.includes('"desiredCount"') ? { kind: 'cut' } : null);
    await expect(act.execute(scale, 'k', signal())).rejects.toSatisfy(refused('unavailable', 'ecs:UpdateService'));
    proxy.spoil = () => null;
    expect((await service()).desiredCount).toBe(6);
    expect(await act.lookup(scale, 'k', signal())).toMatchObject({ found: 'yes', receipt: { before: '4', after: '6' } });
    expect(await act.execute(scale, 'k', signal())).toMatchObject({ before: '4', after: '6' });
    expect((await service()).desiredCount).toBe(6);
  });

  it('that never arrived is known not to have happened', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 2 });
    await act.inspect(scale, signal());
    proxy.spoil = ({ body }) => (body.includes('"desiredCount"') ? { kind: 'refuse' } : null);
    await expect(act.execute(scale, 'k', signal())).rejects.toSatisfy(refused('unavailable', 'ecs:UpdateService'));
    proxy.spoil = () => null;
    expect(await act.lookup(scale, 'k', signal())).toEqual({ found: 'no', receipt: null });
  });

  it('that was throttled or denied did not happen, and says which permission is missing', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 2 });
    await act.inspect(scale, signal());
    for (const [name, code, words] of [
      ['ThrottlingException', 'limited', 'throttled'],
      ['AccessDeniedException', 'forbidden', 'ecs:UpdateService'],
    ] as const) {
      proxy.spoil = ({ body }) => (body.includes('"desiredCount"') ? { kind: 'error', status: 400, name } : null);
      await expect(act.execute(scale, `k-${name}`, signal())).rejects.toSatisfy(refused(code, words));
      expect((await act.lookup(scale, `k-${name}`, signal())).found).toBe('no');
    }
    expect((await service()).desiredCount).toBe(4);
  });
});
