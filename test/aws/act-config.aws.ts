import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { CreateAccessKeyCommand, CreateUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Remediator } from '../../src/domain/ports.ts';
import { refused, step, wholeLife } from './acting.ts';
import { remediator, shop } from './shop.ts';
import { build, double, freshAccount, proxy, setStage } from './stage.ts';
import { accountOf, endpoint, first, settingsOf, signal } from './support.ts';

setStage();

describe('what can be taken back of access and configuration', () => {
  beforeEach(shop);

  it('gives a parameter the value of the version before, without showing it', async () => {
    for (const Value of ['old-value', 'new-value'])
      await build.ssm.send(new PutParameterCommand({ Name: '/shop/flags', Type: 'String', Value, Overwrite: true }));
    const act = remediator();
    const revert = step('revert_config', 'config/shop/flags');
    const shown = JSON.stringify([await act.inspect(revert, signal()), await act.dryRun(revert, signal())]);
    const value = async () => (await build.ssm.send(new GetParameterCommand({ Name: '/shop/flags' }))).Parameter?.Value;
    const receipt = await wholeLife(act, proxy, revert, value, { before: 'new-value', after: 'old-value', undone: 'new-value' });
    expect(shown + JSON.stringify(receipt)).not.toMatch(/(old|new)-value/);
  });

  it('switches access keys off and on', async () => {
    await build.iam.send(new CreateUserCommand({ UserName: 'ci' }));
    await build.iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }));
    const act = remediator();
    const off = step('disable_access_key', 'iam/ci');
    const receipt = await act.execute(off, 'k', signal());
    const status = async () => first((await build.iam.send(new ListAccessKeysCommand({ UserName: 'ci' }))).AccessKeyMetadata ?? []).Status;
    expect(await status()).toBe('Inactive');
    await act.rollback(off, receipt, signal());
    expect(await status()).toBe('Active');
  });

  it('closes ports that are open to the world, but not those of the web, and opens the same again', async () => {
    const groupId = (await build.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'app', Description: 'app' }))).GroupId ?? '';
    const open = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
    await build.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [open(22), open(443)] }));
    const act = remediator();
    const close = step('revoke_ingress', `vpc/${groupId}`);
    expect((await act.dryRun(close, signal())).text).toContain('port 22');
    const ports = async () => {
      const { SecurityGroups } = await build.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
      return first(SecurityGroups ?? [])
        .IpPermissions?.map((one) => one.FromPort)
        .sort();
    };
    await wholeLife(act, proxy, close, ports, { before: [22, 443], after: [443], undone: [22, 443] });
    await act.execute(close, 'k', signal());
    await expect(act.dryRun(close, signal())).rejects.toSatisfy(refused('conflict', 'No port'));
  });
});

describe('an access key', () => {
  beforeEach(() => freshAccount());

  it('is switched off and on by requests that the policy allows', async () => {
    await build.iam.send(new CreateUserCommand({ UserName: 'ci' }));
    for (let at = 0; at < 2; at += 1) await build.iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }));
    const states = async () => (await build.iam.send(new ListAccessKeysCommand({ UserName: 'ci' }))).AccessKeyMetadata?.map((key) => key.Status);
    await wholeLife(accountOf(settingsOf()).remediator, proxy, step('disable_access_key', 'iam/ci'), states, {
      before: ['Active', 'Active'],
      after: ['Inactive', 'Inactive'],
      undone: ['Active', 'Active'],
    });
  });
});

describe('a configuration in AppConfig', () => {
  beforeEach(() => freshAccount());

  const appconfig = [{ name: 'shop-flags', application: 'app1234', environment: 'env1234', profile: 'prof123' }];
  const revert = step('revert_config', 'config/shop-flags');
  const act = (): Remediator => {
    endpoint(double.url, 'APPCONFIG');
    return accountOf(settingsOf({ appconfig })).remediator;
  };
  const versions = () => double.state.deployments.map((one) => `${one.number} v${one.version} ${one.state}`);

  it('goes back to the version that was deployed before, and forth again', async () => {
    double.state.deploy('prof123', ['1', '2', '3'], 'COMPLETE');
    const remediate = act();
    double.state.calls.length = 0;
    expect(await remediate.inspect(revert, signal())).toMatchObject({ summary: { version: '3', earlier: '2', state: 'complete' } });
    const receipt = await remediate.execute(revert, 'k', signal());
    expect(versions().at(-1)).toBe('4 v2 COMPLETE');
    expect((await remediate.lookup(revert, 'k', signal())).found).toBe('yes');
    await remediate.rollback(revert, receipt, signal());
    expect(versions().at(-1)).toBe('5 v3 COMPLETE');
    expect(new Set(double.state.calls)).toEqual(new Set(['ListDeployments', 'StartDeployment']));
  });

  it('that is still being deployed is stopped, which AppConfig takes back', async () => {
    double.state.deploy('prof123', ['1', '2'], 'DEPLOYING');
    const remediate = act();
    expect((await remediate.dryRun(revert, signal())).text).toContain('Stops the deployment of version 2');
    const receipt = await remediate.execute(revert, 'k', signal());
    expect(versions()).toEqual(['1 v1 COMPLETE', '2 v2 ROLLED_BACK']);
    expect((await remediate.lookup(revert, 'k', signal())).found).toBe('yes');
    await expect(remediate.dryRun(revert, signal())).rejects.toSatisfy(refused('conflict', 'taken back already'));
    await remediate.rollback(revert, receipt, signal());
    expect(versions().at(-1)).toBe('3 v2 COMPLETE');
  });

  it('that somebody deployed since is left as it is; a first version has nothing before it', async () => {
    double.state.deploy('prof123', ['1', '2'], 'COMPLETE');
    const remediate = act();
    const receipt = await remediate.execute(revert, 'k', signal());
    double.state.deploy('prof123', ['1', '2', '1', '7'], 'COMPLETE');
    await expect(remediate.rollback(revert, receipt, signal())).rejects.toSatisfy(refused('conflict', 'changed by somebody else'));
    double.state.deploy('prof123', ['1'], 'COMPLETE');
    await expect(remediate.dryRun(revert, signal())).rejects.toSatisfy(refused('conflict', 'no other version'));
  });
});
