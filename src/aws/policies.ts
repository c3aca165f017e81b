/** One IAM policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}
interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Everything that reading an account takes. None of it can change anything. */
export const OBSERVE_ACTIONS: readonly string[] = [
  'autoscaling:DescribeAutoScalingGroups',
  'cloudtrail:LookupEvents',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListMetrics',
  'config:GetResourceConfigHistory',
  'config:SelectResourceConfig',
  'dynamodb:ListTables',
  'ec2:DescribeInstances',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeVolumes',
  'ecs:DescribeServices',
  'ecs:ListClusters',
  'ecs:ListServices',
  'elasticache:DescribeCacheClusters',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'iam:ListUsers',
  'lambda:ListEventSourceMappings',
  'lambda:ListFunctions',
  'logs:FilterLogEvents',
  'logs:GetQueryResults',
  'logs:StartQuery',
  'logs:StopQuery',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'sqs:ListQueues',
  'tag:GetResources',
];

/** The bot's own things in its home account: queue, archive, knowledge base and models; and what `doctor` asks about its own roles. */
export const OWN_ACTIONS = {
  queue: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  bucket: ['s3:GetBucketVersioning', 's3:GetEncryptionConfiguration', 's3:ListBucket'],
  objects: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
  knowledge: ['bedrock:GetIngestionJob', 'bedrock:GetKnowledgeBase', 'bedrock:Retrieve', 'bedrock:StartIngestionJob'],
  models: ['bedrock:InvokeModel'],
  wording: ['bedrock:RetrieveAndGenerate'],
  doctor: ['iam:SimulatePrincipalPolicy'],
} as const;

/** Calls that are allowed on less than everything. */
export const NARROWED: Readonly<Record<string, Pick<Statement, 'Resource' | 'Condition'>>> = {
  'ssm:SendCommand': { Resource: ['arn:aws:ssm:*::document/AWS-RunShellScript', 'arn:aws:ec2:*:*:instance/*'] },
  'iam:PassRole': { Resource: '*', Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } } },
};

export const observePolicy = (): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Observe', Effect: 'Allow', Action: OBSERVE_ACTIONS, Resource: '*' }],
});

/** One statement an action of the catalogue, so that taking an action away is deleting its statement. */
export function actPolicy(actions: readonly { readonly name: string; readonly iam: readonly string[] }[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: actions.flatMap(statementsOf) };
}

function statementsOf({ name, iam }: { readonly name: string; readonly iam: readonly string[] }): Statement[] {
  const sid = name.replaceAll(/(^|_)(\w)/g, (_whole, _gap, letter: string) => letter.toUpperCase());
  const plain = iam.filter((action) => !(action in NARROWED)).toSorted();
  const narrow = iam.flatMap((action): Statement[] => {
    const narrowed = NARROWED[action];
    return narrowed === undefined ? [] : [{ Sid: `${sid}${action.split(':')[1]}`, Effect: 'Allow', Action: [action], ...narrowed }];
  });
  return [...(plain.length === 0 ? [] : [{ Sid: sid, Effect: 'Allow' as const, Action: plain, Resource: '*' }]), ...narrow];
}
