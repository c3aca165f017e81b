import { policyProblems } from '../action/policy.ts';
import type { ActionFacts } from '../domain/action.ts';
import { OpsError } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';

/** The policy in force, and where the next one comes from. A policy is one value: whoever holds it while it changes holds the old one whole. */
export class PolicySource {
  #policy: Policy;
  readonly #read: (() => Policy) | null;
  readonly #catalogue: readonly ActionFacts[];

  /** `read`: reads the config again, whole; null where there is no file. OpsError('invalid_input') when the policy contradicts the catalogue. */
  constructor(policy: Policy, read: (() => Policy) | null, catalogue: readonly ActionFacts[]) {
    this.#policy = checked(policy, catalogue);
    this.#read = read;
    this.#catalogue = catalogue;
  }

  current(): Policy {
    return this.#policy;
  }

  /** What the config says now, checked, not in force yet. OpsError says what is wrong with it. */
  read(): Policy {
    if (this.#read === null) throw new OpsError('conflict', 'The policy of this opsloop is not in a file.', 'It holds until opsloop is started anew.');
    return checked(this.#read(), this.#catalogue);
  }

  putInForce(policy: Policy): void {
    this.#policy = policy;
  }
}

function checked(policy: Policy, catalogue: readonly ActionFacts[]): Policy {
  const problems = policyProblems(policy, catalogue);
  if (problems.length > 0) throw new OpsError('invalid_input', `The config is not valid:\n${problems.join('\n')}`);
  return policy;
}
