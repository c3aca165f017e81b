import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { asked, type Doing, refuse, type Target } from './doing.ts';

const WEB = new Set([80, 443]);
const MOST_RULES = 10;
const RuleSchema = z.object({ protocol: z.string(), from: z.number(), to: z.number(), range: z.string() });
type Rule = z.infer<typeof RuleSchema>;

/** Closes what a security group opens to the whole world, other than the web's own ports. Taken back by opening the same again. */
export const revokeIngress: Doing = {
  name: 'revoke_ingress',
  kinds: ['vpc'],
  async prepare(target, _params, signal) {
    const open = await openRules(target, signal);
    const ids = open.map((rule) => rule.SecurityGroupRuleId ?? '').sort();
    const ports = open.map(({ FromPort, ToPort }) => (FromPort === ToPort ? String(FromPort) : `${FromPort}-${ToPort}`)).join(', ');
    return {
      summary: { open_to_the_world: ports || 'none' },
      relies: ids,
      refusal:
        open.length === 0
          ? refuse(`No port of ${target.name} but the web's is open to the world.`)
          : open.length > MOST_RULES
            ? refuse(`${target.name} opens ${open.length} rules to the world; that is for a person to judge.`)
            : null,
      effect: `Closes port ${ports} of ${target.name} to the world.`,
      before: { rules: JSON.stringify(open.map(ruleOf)) },
      async act(_key, abortSignal) {
        await asked(target, 'ec2:RevokeSecurityGroupIngress', () =>
          target.scope.act.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: target.name, SecurityGroupRuleIds: ids }), { abortSignal }),
        );
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    const now = (await openRules(target, signal)).map((rule) => JSON.stringify(ruleOf(rule)));
    const left = rulesOf(receipt['rules']).filter((rule) => now.includes(JSON.stringify(rule)));
    return left.length === 0 ? 'yes' : left.length === rulesOf(receipt['rules']).length ? 'no' : 'unknown';
  },
  async undo(target, receipt, abortSignal) {
    const now = (await openRules(target, abortSignal)).map((rule) => JSON.stringify(ruleOf(rule)));
    const closed = rulesOf(receipt['rules']).filter((rule) => !now.includes(JSON.stringify(rule)));
    if (closed.length === 0) return;
    await asked(target, 'ec2:AuthorizeSecurityGroupIngress', () =>
      target.scope.act.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: target.name, IpPermissions: closed.map(permissionOf) }), { abortSignal }),
    );
  },
};

async function openRules(target: Target, abortSignal: AbortSignal): Promise<SecurityGroupRule[]> {
  const { SecurityGroupRules = [] } = await asked(target, 'ec2:DescribeSecurityGroupRules', () =>
    target.scope.check.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [target.name] }], MaxResults: 1000 }), {
      abortSignal,
    }),
  );
  return SecurityGroupRules.filter(
    (rule) =>
      rule.IsEgress !== true && (rule.CidrIpv4 === '0.0.0.0/0' || rule.CidrIpv6 === '::/0') && !(rule.FromPort === rule.ToPort && WEB.has(rule.FromPort ?? -1)),
  );
}

const ruleOf = (rule: SecurityGroupRule): Rule => ({
  protocol: rule.IpProtocol ?? '-1',
  from: rule.FromPort ?? -1,
  to: rule.ToPort ?? -1,
  range: rule.CidrIpv4 ?? rule.CidrIpv6 ?? '',
});

const rulesOf = (text: string | undefined): Rule[] => z.array(RuleSchema).parse(JSON.parse(text ?? '[]'));

function permissionOf({ protocol, from, to, range }: Rule): IpPermission {
  const ranges = range.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: range }] } : { IpRanges: [{ CidrIp: range }] };
  return { IpProtocol: protocol, ...(protocol === '-1' ? {} : { FromPort: from, ToPort: to }), ...ranges };
}
