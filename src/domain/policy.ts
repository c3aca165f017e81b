import { z } from 'zod';
import { RiskSchema } from './risk.ts';

/** People of the policy: Slack user ids (`U…`, `W…`), user groups (`S…`), or `*` for every person who is not a bot. Empty: nobody. */
const PeopleSchema = z.array(z.string().regex(/^(\*|[UWS][A-Z0-9]{2,20})$/, 'a Slack user id (U…), a user group id (S…) or "*"')).max(200);
const NamesSchema = z.array(z.string().min(1).max(200)).max(100);
const GroupSchema = z.string().regex(/^S[A-Z0-9]{2,20}$/, 'a user group id (S…)');

/** What holds for some plans only: left out is "any" on the left side (actions … environments) and "as above" on the right. */
const RuleSchema = z.strictObject({
  actions: NamesSchema.optional(),
  risks: z.array(RiskSchema).max(4).optional(),
  services: NamesSchema.optional(),
  environments: NamesSchema.optional(),
  requesters: PeopleSchema.optional(),
  approvers: PeopleSchema.optional(),
  executors: PeopleSchema.optional(),
  approvals: z.number().int().min(1).max(10).optional(), // at least so many yeses; it never lowers what the risk asks for
});
export type PolicyRule = z.infer<typeof RuleSchema>;

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const TimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00');
const ZoneSchema = z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin');

/** Hours in which nothing runs without a person's yes. Over midnight when `to` is not after `from`; the day is the one it begins on. */
const QuietHoursSchema = z.strictObject({
  days: z
    .array(z.enum(DAYS))
    .max(7)
    .default([...DAYS]),
  from: TimeSchema,
  to: TimeSchema,
  time_zone: ZoneSchema.default('UTC'),
});
export type QuietHours = z.infer<typeof QuietHoursSchema>;

/** A time in which every action needs a quorum, whatever its risk. */
const FreezeSchema = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  reason: z.string().max(200).default('change freeze'),
  services: NamesSchema.optional(),
});
export type Freeze = z.infer<typeof FreezeSchema>;

/** Who may do what, and how much. Everything is safe when left out: nobody approves, nobody requests. */
export const PolicySchema = z.strictObject({
  requesters: PeopleSchema.default([]), // may ask for a fix
  approvers: PeopleSchema.default([]), // may approve high and critical; `*` is refused when the config is read
  executors: PeopleSchema.default([]), // when set, one of those who approve must be among them: theirs is the yes that starts it
  operators: PeopleSchema.default([]), // may resume after a pause, and confirm a promotion
  escalation: PeopleSchema.default([]), // called when half of the remaining time is over after the reminder; they may approve as well
  separate_groups: z.array(GroupSchema).max(20).default([]), // critical: one approver must be outside the requester's groups among these
  rules: z.array(RuleSchema).max(200).default([]), // those that fit are put over the lists above, in order
  quorum: z.number().int().min(2).max(10).default(2), // different people for critical
  notice_s: z.number().int().min(10).max(3600).default(120), // medium: from the notice to the run
  approval_expires_min: z.number().int().min(1).max(1440).default(30),
  risks: z.record(z.string(), RiskSchema).default({}), // raises an action's risk; a lower one is refused
  auto_fix: z.boolean().default(true), // false: low and medium ask one person as well
  quiet_hours: z.array(QuietHoursSchema).max(50).default([]),
  freezes: z.array(FreezeSchema).max(100).default([]),
  paused: NamesSchema.default([]), // kill switch from config and environment: `all`, `action:<name>`, `service:<name>`
  actions_per_hour: z.number().int().min(0).max(1000).default(12),
  target_cooldown_min: z.number().int().min(0).max(1440).default(15),
  group_share_percent: z.number().int().min(1).max(100).default(50), // of a service's resources of one kind, within an hour
  max_failures_per_day: z.number().int().min(1).max(20).default(2), // of one action on one target; then it asks a person
  max_attempts_per_incident: z.number().int().min(1).max(10).default(2),
});
export type Policy = z.infer<typeof PolicySchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
