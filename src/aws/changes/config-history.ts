import { GetResourceConfigHistoryCommand, type ResourceType, SelectResourceConfigCommand } from '@aws-sdk/client-config-service';
import { z } from 'zod';
import type { Batch, ChangeSource, TimeWindow } from '../../domain/ports.ts';
import type { Change } from '../../domain/signals.ts';
import { reading } from '../errors.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { inParallel } from '../pace.ts';
import type { Scope } from '../scope.ts';

const MOST_RESOURCES = 200; // of one read
const MOST_PAGES = 4;
const CALLS_AT_ONCE = 3;
const ITEMS_EACH = 5;

const RowSchema = z.object({ resourceId: z.string(), resourceType: z.string(), resourceName: z.string().nullish() });

const KINDS: Readonly<Record<string, string>> = {
  'AWS::EC2::Instance': 'ec2',
  'AWS::EC2::Volume': 'ebs',
  'AWS::EC2::SecurityGroup': 'vpc',
  'AWS::RDS::DBInstance': 'rds',
  'AWS::Lambda::Function': 'lambda',
  'AWS::DynamoDB::Table': 'dynamodb',
  'AWS::AutoScaling::AutoScalingGroup': 'asg',
  'AWS::SQS::Queue': 'sqs',
  'AWS::IAM::User': 'iam',
};

/** Configuration items of AWS Config: which resources have a new one, and when they were captured. */
export class ConfigHistory implements ChangeSource {
  readonly name: string;
  readonly #scope: Scope;
  readonly #inventory: Inventory;

  constructor(scope: Scope, inventory: Inventory) {
    this.name = `AWS Config ${scope.label}`;
    this.#scope = scope;
    this.#inventory = inventory;
  }

  async read(window: TimeWindow, signal: AbortSignal): Promise<Batch<Change>> {
    if (window.toMs <= window.fromMs) return { items: [], completeUntilMs: window.toMs, gaps: [] };
    const { rows, cut } = await this.#changed(window, signal);
    const histories = await inParallel(rows, CALLS_AT_ONCE, (row) => this.#history(row, window, signal));
    const gaps = cut ? [`AWS Config in ${this.#scope.label} changed more than ${MOST_RESOURCES} resources; the rest was not looked at.`] : [];
    return { items: histories.flat(), completeUntilMs: window.toMs, gaps };
  }

  async #changed(window: TimeWindow, abortSignal: AbortSignal): Promise<{ rows: z.infer<typeof RowSchema>[]; cut: boolean }> {
    const at = (ms: number): string => new Date(ms).toISOString();
    const Expression = `SELECT resourceId, resourceType, resourceName WHERE configurationItemCaptureTime > '${at(window.fromMs)}'`;
    const rows: z.infer<typeof RowSchema>[] = [];
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await reading(this.#scope, 'config:SelectResourceConfig', () =>
        this.#scope.read.config.send(new SelectResourceConfigCommand({ Expression, Limit: 100, NextToken: token }), { abortSignal }),
      );
      for (const text of answer.Results ?? []) {
        const row = RowSchema.safeParse(JSON.parse(text));
        if (row.success) rows.push(row.data);
      }
      token = answer.NextToken;
      if (token === undefined) break;
    }
    return { rows: rows.slice(0, MOST_RESOURCES), cut: token !== undefined || rows.length > MOST_RESOURCES };
  }

  async #history(row: z.infer<typeof RowSchema>, window: TimeWindow, abortSignal: AbortSignal): Promise<Change[]> {
    const { configurationItems } = await reading(this.#scope, 'config:GetResourceConfigHistory', () =>
      this.#scope.read.config.send(
        new GetResourceConfigHistoryCommand({
          resourceType: row.resourceType as ResourceType,
          resourceId: row.resourceId,
          earlierTime: new Date(window.fromMs),
          laterTime: new Date(window.toMs),
          limit: ITEMS_EACH,
        }),
        { abortSignal },
      ),
    );
    return (configurationItems ?? []).flatMap((item): Change[] => {
      const timestampMs = item.configurationItemCaptureTime?.getTime();
      if (timestampMs === undefined || timestampMs <= window.fromMs || timestampMs > window.toMs) return [];
      const kind = KINDS[row.resourceType];
      const name = kind === 'rds' || kind === 'lambda' ? (row.resourceName ?? row.resourceId) : row.resourceId;
      const resourceId = kind === undefined ? null : this.#inventory.known(`${kind}/${name}`);
      const status = item.configurationItemStatus ?? 'OK';
      return [
        {
          id: `config:${row.resourceType}:${row.resourceId}:${timestampMs}`.slice(0, 300),
          timestampMs,
          kind: status.includes('Delete') || status === 'ResourceDiscovered' ? 'infrastructure' : 'config',
          source: 'config',
          actor: 'AWS Config',
          resourceId,
          summary: `The configuration of ${resourceId ?? row.resourceId} was recorded anew (${status}).`.slice(0, 1000),
          details: { type: row.resourceType, status, related: (item.relatedEvents ?? []).slice(0, 5).join(', ') },
        },
      ];
    });
  }
}
