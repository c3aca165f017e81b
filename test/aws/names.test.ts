import { expect, it } from 'vitest';
import { idOfArn } from '../../src/aws/names.ts';

it('ARNs give the ids that metrics and topology use, and anything else gives none', () => {
  for (const [arn, id] of [
    ['arn:aws:lambda:eu-central-1:111122223333:function:invoice', 'lambda/invoice'],
    ['arn:aws:lambda:eu-central-1:111122223333:function:invoice:live', 'lambda/invoice'],
    ['arn:aws:dynamodb:eu-central-1:111122223333:table/carts', 'dynamodb/carts'],
    ['arn:aws-cn:sqs:cn-north-1:111122223333:orders.fifo', 'sqs/orders.fifo'],
    ['arn:aws:elasticache:eu-central-1:111122223333:replicationgroup:sessions', 'elasticache/sessions'],
    ['arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188', 'alb/shop'],
    ['arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/edge/50dc6c495c0c9188', 'nlb/edge'],
    ['arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/classic', null],
    ['arn:aws:elasticache:eu-central-1:111122223333:snapshot:old', null],
    ['arn:aws:s3:::opsloop', null],
    ['', null],
  ] as const)
    expect(idOfArn(arn), arn).toBe(id);
});
