import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { refused, step, wholeLife } from './acting.ts';
import { instanceId, remediator, secondId, settings, shop } from './shop.ts';
import { build, proxy, setStage } from './stage.ts';
import { signal } from './support.ts';

setStage();

describe('what can be done to instances and disks', () => {
  beforeEach(shop);

  it('stops, starts, reboots and terminates instances, within the share of their group', async () => {
    await build.ec2.send(new CreateTagsCommand({ Resources: [instanceId, secondId], Tags: [{ Key: 'service', Value: 'media' }] }));
    const act = remediator();
    const state = async () =>
      (await build.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }))).Reservations?.[0]?.Instances?.[0]?.State?.Name;
    const stop = step('stop_resource', `ec2/${instanceId}`);
    await wholeLife(act, proxy, stop, state, { before: 'running', after: 'stopped', undone: 'running' });
    await expect(act.execute(step('reboot_instance', `ec2/${secondId}`), 'k2', signal())).rejects.toSatisfy(refused('limited', '1 of the 2 in service media'));
    const ended = expect.stringMatching(/terminated|shutting-down/);
    await wholeLife(remediator(), proxy, step('terminate_instance', `ec2/${instanceId}`), state, { before: 'running', after: ended });
    await wholeLife(remediator(), proxy, step('reboot_instance', `ec2/${secondId}`), async () => 'there', { before: 'there', after: 'there' });
  });

  it('restarts the unit that an instance names, and refuses one that names none or nonsense', async () => {
    const act = remediator();
    const restart = step('restart_service', `ec2/${instanceId}`);
    await expect(act.dryRun(restart, signal())).rejects.toSatisfy(refused('conflict', 'Tag it opsloop:unit'));
    await build.ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'opsloop:unit', Value: "x'; reboot" }] }));
    await expect(act.dryRun(restart, signal())).rejects.toSatisfy(refused('conflict', 'Tag it opsloop:unit'));
    await build.ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'opsloop:unit', Value: 'nginx.service' }] }));
    const sent = async () => (await build.ssm.send(new ListCommandsCommand({}))).Commands?.flatMap((one) => one.Parameters?.['commands'] ?? []);
    await wholeLife(act, proxy, restart, sent, { before: [], after: ["systemctl restart -- 'nginx.service'"] });
  });

  it('removes old logs by fixed commands', async () => {
    const sent = async () => ((await build.ssm.send(new ListCommandsCommand({}))).Commands ?? []).map((one) => one.Parameters?.['commands']?.[0]);
    const after = ['journalctl --vacuum-size=200M || true'];
    await wholeLife(remediator(), proxy, step('clear_logs', `ec2/${instanceId}`), sent, { before: [], after });
  });

  it('deletes exactly the orphaned snapshots that were approved, and unattached volumes', async () => {
    const volume = await build.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1a', Size: 8 }));
    const gone = await build.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1a', Size: 8 }));
    const kept = await build.ec2.send(new CreateSnapshotCommand({ VolumeId: volume.VolumeId }));
    const orphan = await build.ec2.send(new CreateSnapshotCommand({ VolumeId: gone.VolumeId }));
    await build.ec2.send(new DeleteVolumeCommand({ VolumeId: gone.VolumeId }));
    const act = remediator();
    const snapshots = step('delete_snapshots', 'ebs/orphaned-snapshots');
    const state = await act.inspect(snapshots, signal());
    if (Number(state.summary['snapshots']) > settings.blast.deletions) {
      // moto ships snapshots of its own whose volumes are not there; the bound must hold then.
      await expect(act.execute(snapshots, 'k', signal())).rejects.toSatisfy(refused('limited', 'one action may delete'));
    } else {
      await act.execute(snapshots, 'k', signal());
      const left = (await build.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots?.map((one) => one.SnapshotId);
      expect(left).toContain(kept.SnapshotId);
      expect(left).not.toContain(orphan.SnapshotId);
    }
    await act.execute(step('delete_volumes', `ebs/${volume.VolumeId}`), 'k2', signal());
    await expect(act.rollback(step('delete_volumes', `ebs/${volume.VolumeId}`), { key: 'k2' }, signal())).rejects.toSatisfy(
      refused('conflict', 'cannot be taken back'),
    );
  });
});
