import { Clients } from './clients.ts';
import type { AwsSettings } from './settings.ts';

/**
 * One account in one region. `label` is for people ("prod eu-central-1"); `suffix` keeps the ids of several scopes apart and is
 * empty for the first one, so that a single account has short names.
 */
export interface Scope {
  readonly account: string;
  readonly region: string;
  readonly label: string;
  readonly suffix: string;
  readonly read: Clients; // with the observing role
  readonly check: Clients; // with the acting role, for looking at a target
  readonly act: Clients; // with the acting role, each call tried once
}

const READ_ATTEMPTS = 4;

/** What the config says about one place: an account, a region, both or neither. */
interface Placed {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Whether an entry of the config names a scope. One that names none is about the home scope. */
export function isAt({ account, region }: Placed, scope: Pick<Scope, 'account' | 'region' | 'suffix'>): boolean {
  if (account === undefined && region === undefined) return scope.suffix === '';
  return (account ?? scope.account) === scope.account && (region ?? scope.region) === scope.region;
}

/** Every account and region of the config, the home scope first. */
export function scopesOf(settings: AwsSettings, homeRegion: string): readonly [Scope, ...Scope[]] {
  const accounts = settings.accounts.length > 0 ? settings.accounts : [{ name: 'default', regions: [homeRegion] }];
  const scopes = accounts.flatMap((account) =>
    account.regions.map((region) => {
      const observe = 'observe_role' in account ? account.observe_role : undefined;
      const role = 'act_role' in account ? (account.act_role ?? observe) : observe;
      const externalId = 'external_id' in account ? account.external_id : undefined;
      const common = { region, externalId, pathStyle: settings.path_style };
      return {
        account: account.name,
        region,
        label: `${account.name} ${region}`,
        suffix: `@${account.name}.${region}`,
        read: new Clients({ ...common, roleArn: observe, attempts: READ_ATTEMPTS }),
        check: new Clients({ ...common, roleArn: role, attempts: READ_ATTEMPTS }),
        act: new Clients({ ...common, roleArn: role, attempts: 1 }),
      };
    }),
  );
  const [home, ...others] = scopes;
  if (home === undefined) throw new Error('a config has at least one account and region');
  return [{ ...home, suffix: '' }, ...others];
}
