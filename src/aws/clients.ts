import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { BedrockAgentClient } from '@aws-sdk/client-bedrock-agent';
import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { NotingHandler } from './noting-handler.ts';

export interface ClientOptions {
  readonly region: string;
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  /** 1 for calls that change something: a repeated one could act twice. */
  readonly attempts: number;
  readonly pathStyle?: boolean;
}

const CONNECT_MS = 3000;
const ANSWER_MS = 25_000; // longer than SQS's longest poll

/** The SDK's clients for one account, region and role; each is made when first used. Endpoints come from AWS_ENDPOINT_URL* by the SDK itself. */
export class Clients {
  readonly #options: ClientOptions;
  readonly #made = new Map<string, { destroy(): void }>();
  readonly #handler = new NotingHandler({ connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true });

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get appConfig(): AppConfigClient {
    return this.#one('appConfig', (common) => new AppConfigClient(common));
  }
  get autoScaling(): AutoScalingClient {
    return this.#one('autoScaling', (common) => new AutoScalingClient(common));
  }
  get bedrockAgent(): BedrockAgentClient {
    return this.#one('bedrockAgent', (common) => new BedrockAgentClient(common));
  }
  get bedrockRuntime(): BedrockAgentRuntimeClient {
    return this.#one('bedrockRuntime', (common) => new BedrockAgentRuntimeClient(common));
  }
  get bedrockModels(): BedrockRuntimeClient {
    return this.#one('bedrockModels', (common) => new BedrockRuntimeClient(common));
  }
  get cloudTrail(): CloudTrailClient {
    return this.#one('cloudTrail', (common) => new CloudTrailClient(common));
  }
  get cloudWatch(): CloudWatchClient {
    return this.#one('cloudWatch', (common) => new CloudWatchClient({ ...common, disableRequestCompression: true }));
  }
  get config(): ConfigServiceClient {
    return this.#one('config', (common) => new ConfigServiceClient(common));
  }
  get dynamo(): DynamoDBClient {
    return this.#one('dynamo', (common) => new DynamoDBClient(common));
  }
  get ec2(): EC2Client {
    return this.#one('ec2', (common) => new EC2Client(common));
  }
  get ecs(): ECSClient {
    return this.#one('ecs', (common) => new ECSClient(common));
  }
  get elastiCache(): ElastiCacheClient {
    return this.#one('elastiCache', (common) => new ElastiCacheClient(common));
  }
  get elb(): ElasticLoadBalancingV2Client {
    return this.#one('elb', (common) => new ElasticLoadBalancingV2Client(common));
  }
  get iam(): IAMClient {
    return this.#one('iam', (common) => new IAMClient(common));
  }
  get lambda(): LambdaClient {
    return this.#one('lambda', (common) => new LambdaClient(common));
  }
  get logs(): CloudWatchLogsClient {
    return this.#one('logs', (common) => new CloudWatchLogsClient(common));
  }
  get rds(): RDSClient {
    return this.#one('rds', (common) => new RDSClient(common));
  }
  get s3(): S3Client {
    return this.#one('s3', (common) => new S3Client({ ...common, forcePathStyle: this.#options.pathStyle === true }));
  }
  get sqs(): SQSClient {
    return this.#one('sqs', (common) => new SQSClient({ ...common, useQueueUrlAsEndpoint: false }));
  }
  get ssm(): SSMClient {
    return this.#one('ssm', (common) => new SSMClient(common));
  }
  get sts(): STSClient {
    return this.#one('sts', (common) => new STSClient(common));
  }
  get tagging(): ResourceGroupsTaggingAPIClient {
    return this.#one('tagging', (common) => new ResourceGroupsTaggingAPIClient(common));
  }

  destroy(): void {
    for (const client of this.#made.values()) client.destroy();
    this.#made.clear();
  }

  #one<C extends { destroy(): void }>(name: string, make: (common: Common) => C): C {
    const made = this.#made.get(name);
    if (made !== undefined) return made as C;
    const client = make(this.#common());
    this.#made.set(name, client);
    return client;
  }

  #common(): Common {
    const { region, roleArn, externalId, attempts } = this.#options;
    const base = { region, maxAttempts: attempts, requestHandler: this.#handler };
    if (roleArn === undefined) return base;
    const params = { RoleArn: roleArn, RoleSessionName: 'opsloop', ...(externalId === undefined ? {} : { ExternalId: externalId }) };
    return { ...base, credentials: fromTemporaryCredentials({ params, clientConfig: { region } }) };
  }
}

interface Common {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: NodeHttpHandler;
  readonly credentials?: ReturnType<typeof fromTemporaryCredentials>;
}
