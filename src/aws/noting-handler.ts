import { NodeHttpHandler } from '@smithy/node-http-handler';
import { noteCall } from '../domain/origin.ts';

const REQUEST_ID = ['x-amzn-requestid', 'x-amzn-request-id', 'x-amz-request-id'];

/** The SDK's own handler, which also notes the id AWS gives to each request: every try of it, and refused ones too. */
export class NotingHandler extends NodeHttpHandler {
  override async handle(...args: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const answer = await super.handle(...args);
    const { headers } = answer.response;
    noteCall(REQUEST_ID.map((name) => headers[name]).find((id) => id !== undefined) ?? '');
    return answer;
  }
}
