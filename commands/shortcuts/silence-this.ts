import { silenceModal } from '../../blocks/modals.ts';
import { parseSubject } from '../../src/domain/names.ts';
import type { MessageShortcut } from '../types.ts';

const RESOURCE = /\b(?:alb|asg|ecs|ec2|ebs|rds|lambda|elasticache|sqs|dynamodb|iam|vpc|acm)\/[\w.-]{1,200}/;

/** Opens the window, with the resource the message is about filled in where there is one. */
export const silenceThis: MessageShortcut = {
  callbackId: 'ops_silence_this',
  async run(ask, { verbs }) {
    const about = ask.about === null ? null : parseSubject(ask.about);
    const resourceId = about?.kind === 'incident' ? (await verbs.incident(about.id)).incident.resourceIds[0] : RESOURCE.exec(ask.text)?.[0];
    return { modal: silenceModal(resourceId ?? null, ask.forMe) };
  },
};
