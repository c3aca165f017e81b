import type { Doing } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';
import { runShell, shellHappened } from './shell.ts';

/** Rotated logs older than a day and temporary files older than a week; never a log that is written to. */
const COMMANDS = [
  'journalctl --vacuum-size=200M || true',
  "find /var/log -xdev -type f \\( -name '*.gz' -o -name '*.xz' -o -name '*.[0-9]' -o -name '*.old' \\) -mtime +0 -delete",
  'find /tmp /var/tmp -xdev -type f -mtime +7 -delete',
  'df -h / | tail -1',
];

export const clearLogs: Doing = {
  name: 'clear_logs',
  kinds: ['ec2'],
  async prepare(target, _params, signal) {
    const now = await instanceOf(target, signal);
    return {
      summary: instanceSummary(now),
      relies: instanceRelies(now),
      refusal: null,
      effect: `Removes rotated logs older than a day and temporary files older than a week on ${target.name}.`,
      before: {},
      group: instanceGroup(target, now),
      act: (key, abort) => runShell(target, target.name, COMMANDS, key, abort),
    };
  },
  happened: (target, receipt, signal) => shellHappened(target, target.name, receipt, signal),
  undo: null,
};
