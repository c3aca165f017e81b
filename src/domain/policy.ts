import { z } from 'zod';
import { RiskSchema } from './risk.ts';

/** People of the policy: Slack user ids (`U…`, `W…`), user groups (`S…`), or `*` for every person who is not a bot. Empty: nobody. */
const PeopleSchema = z.array(z.string().regex(/^(\*|[UWS][A-Z0-9]{2,20})$/, 'a Slack user id (U…), a user group id (S…) or "*"')).max(200);

/** Who may do what, and how much. Everything is safe when left out: nobody approves, nobody requests. */
export const PolicySchema = z.strictObject({
  requesters: PeopleSchema.default([]), // may ask for a fix
  approvers: PeopleSchema.default([]), // may approve high and critical; `*` is refused when the config is read
  operators: PeopleSchema.default([]), // may resume after a pause
  quorum: z.number().int().min(2).max(10).default(2), // different people for critical
  notice_s: z.number().int().min(10).max(3600).default(120), // medium: from the notice to the run
  approval_expires_min: z.number().int().min(1).max(1440).default(30),
  risks: z.record(z.string(), RiskSchema).default({}), // raises an action's risk; a lower one is refused
  auto_fix: z.boolean().default(true), // false: low and medium ask one person as well
  actions_per_hour: z.number().int().min(0).max(1000).default(12),
  target_cooldown_min: z.number().int().min(0).max(1440).default(15),
  max_attempts_per_incident: z.number().int().min(1).max(10).default(2),
});
export type Policy = z.infer<typeof PolicySchema>;
