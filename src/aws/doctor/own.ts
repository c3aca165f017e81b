import { GetKnowledgeBaseCommand } from '@aws-sdk/client-bedrock-agent';
import { RetrieveCommand } from '@aws-sdk/client-bedrock-agent-runtime';
import { GetBucketEncryptionCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { S3Archive } from '../archive.ts';
import { type BedrockEmbedderSettings, bedrockEmbedder } from '../embedder.ts';
import { calling } from '../errors.ts';
import { OWN_ACTIONS } from '../policies.ts';
import type { Scope } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import { allow, type Check, check } from './check.ts';
import type { Wish } from './simulate.ts';

/** Models on Bedrock that the config uses. */
export interface Models {
  readonly embedding: BedrockEmbedderSettings | null;
  readonly wording: string | null; // an ARN
}

/** Queue, bucket, knowledge base and embedding model, each by a call that changes nothing, but one small object that is written and removed. */
export async function checkOwn(home: Scope, settings: AwsSettings, { embedding }: Models, signal: AbortSignal): Promise<Check[]> {
  const { queue_url, bucket, knowledge } = settings;
  return [
    ...(queue_url === undefined ? [] : await checkQueue(home, queue_url, signal)),
    ...(bucket === undefined ? [] : await checkBucket(home, bucket, signal)),
    ...(knowledge === undefined ? [] : await checkKnowledge(home, knowledge.knowledge_base_id, signal)),
    ...(embedding === null ? [] : [await checkEmbedding(home, embedding, signal)]),
  ];
}

/** What the bot needs for its own things, each on itself only. */
export function ownWishes(home: Scope, settings: AwsSettings, models: Models, identityArn: string): Wish[] {
  const [, partition = 'aws', , , account = ''] = identityArn.split(':');
  const { queue_url, bucket, knowledge } = settings;
  const wishes: Wish[] = [];
  if (queue_url !== undefined) wishes.push({ actions: OWN_ACTIONS.queue, resources: [queueArn(partition, queue_url, home.region, account)] });
  if (bucket !== undefined)
    wishes.push(
      { actions: OWN_ACTIONS.bucket, resources: [`arn:${partition}:s3:::${bucket}`] },
      { actions: OWN_ACTIONS.objects, resources: [`arn:${partition}:s3:::${bucket}/*`] },
    );
  if (knowledge !== undefined)
    wishes.push({
      actions: OWN_ACTIONS.knowledge,
      resources: [`arn:${partition}:bedrock:${home.region}:${account}:knowledge-base/${knowledge.knowledge_base_id}`],
    });
  const embedding = models.embedding === null ? [] : [modelArn(partition, home.region, account, models.embedding.model)];
  const invoked = [...embedding, ...(models.wording === null ? [] : [models.wording])];
  if (invoked.length > 0) wishes.push({ actions: OWN_ACTIONS.models, resources: invoked });
  if (models.wording !== null) wishes.push({ actions: OWN_ACTIONS.wording });
  return wishes;
}

/** `eu.cohere.embed-…` is an inference profile of the account, anything else a model. */
const modelArn = (partition: string, region: string, account: string, model: string): string =>
  `arn:${partition}:bedrock:${region}:${/^[a-z]{2}\./.test(model) ? `${account}:inference-profile` : ':foundation-model'}/${model}`;

/** `https://sqs.eu-central-1.amazonaws.com/111122223333/events` names the queue's account and region itself. */
function queueArn(partition: string, url: string, region: string, account: string): string {
  const { hostname, pathname } = new URL(url);
  const [, owner = account, name = ''] = pathname.split('/');
  return `arn:${partition}:sqs:${/^sqs\.([a-z0-9-]+)\.amazonaws/.exec(hostname)?.[1] ?? region}:${owner}:${name}`;
}

async function checkQueue(home: Scope, QueueUrl: string, abortSignal: AbortSignal): Promise<Check[]> {
  let guarded: boolean | null = null;
  const queue = await check('queue', '', async () => {
    const answer = await calling(home, 'sqs:GetQueueAttributes', () =>
      home.read.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }), { abortSignal }),
    );
    guarded = answer.Attributes?.['RedrivePolicy'] !== undefined;
    return `${answer.Attributes?.['ApproximateNumberOfMessages'] ?? '?'} messages wait`;
  });
  if (guarded !== false) return [queue];
  const detail = 'has no dead-letter queue: messages that nobody understands come back for ever';
  const fix = `aws sqs set-queue-attributes --queue-url ${QueueUrl} --attributes '{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"<arn of another queue>\\",\\"maxReceiveCount\\":\\"5\\"}"}'`;
  return [queue, { name: 'queue', state: 'warn', detail, fix }];
}

async function checkBucket(home: Scope, Bucket: string, abortSignal: AbortSignal): Promise<Check[]> {
  const written = await check('bucket', '', async () => {
    const archive = new S3Archive(home, { bucket: Bucket, prefix: 'opsloop-state/' });
    await archive.put('doctor.json', '{}');
    await archive.remove('doctor.json');
    return `${Bucket} can be written`;
  });
  if (written.state === 'fail') return [written];
  const guard = async (name: string, fix: string, look: () => Promise<boolean>): Promise<Check[]> => {
    const isOn = await look().catch(() => null);
    if (isOn === true) return [];
    return [{ name: 'bucket', state: 'warn', detail: `${name} ${isOn === null ? 'is off, or may not be looked at' : 'is off'}`, fix }];
  };
  const versioning = `aws s3api put-bucket-versioning --bucket ${Bucket} --versioning-configuration Status=Enabled`;
  const encryption = `aws s3api put-bucket-encryption --bucket ${Bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'`;
  const { s3 } = home.read;
  return [
    written,
    ...(await guard('versioning', versioning, async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal })).Status === 'Enabled')),
    ...(await guard('encryption', encryption, async () => {
      const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket }), { abortSignal });
      return (answer.ServerSideEncryptionConfiguration?.Rules ?? []).length > 0;
    })),
  ];
}

async function checkKnowledge(home: Scope, knowledgeBaseId: string, abortSignal: AbortSignal): Promise<Check[]> {
  const exists = await check('knowledge base', allow('bedrock:GetKnowledgeBase'), async () => {
    const { knowledgeBase } = await calling(home, 'bedrock:GetKnowledgeBase', () =>
      home.read.bedrockAgent.send(new GetKnowledgeBaseCommand({ knowledgeBaseId }), { abortSignal }),
    );
    if (knowledgeBase?.status !== 'ACTIVE') throw new Error(`${knowledgeBase?.name ?? knowledgeBaseId} is ${knowledgeBase?.status ?? 'unknown'}`);
    return `${knowledgeBase.name} is active`;
  });
  const answers = await check('retrieval', allow('bedrock:Retrieve'), async () => {
    const command = new RetrieveCommand({ knowledgeBaseId, retrievalQuery: { text: 'cpu' } });
    await calling(home, 'bedrock:Retrieve', () => home.read.bedrockRuntime.send(command, { abortSignal }));
    return 'answers';
  });
  return [exists, answers];
}

async function checkEmbedding(home: Scope, settings: BedrockEmbedderSettings, signal: AbortSignal): Promise<Check> {
  return await check('embedding model', allow('bedrock:InvokeModel'), async () => {
    const [vector] = await bedrockEmbedder(home, settings).embed(['cpu'], signal);
    return `${settings.model} answers with ${vector?.length ?? 0} numbers`;
  });
}
