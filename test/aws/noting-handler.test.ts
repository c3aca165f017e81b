import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { NotingHandler } from '../../src/aws/noting-handler.ts';
import { notingCalls } from '../../src/domain/origin.ts';

it('the id that AWS gives to a request is noted, for one that is refused as well, and for nobody else', async () => {
  const answers = [
    { status: 400, id: 'request-1', body: '{"__type":"ServiceNotFoundException","message":"none"}' },
    { status: 200, id: 'request-2', body: '{"service":{}}' },
    { status: 200, id: 'request-3', body: '{"service":{}}' },
  ];
  const server = createServer((request, response) => {
    request.resume();
    const answer = answers.shift();
    response.writeHead(answer?.status ?? 500, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': answer?.id ?? '' }).end(answer?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new ECSClient({ region: 'eu-central-1', endpoint, credentials, maxAttempts: 1, requestHandler: new NotingHandler() });
  const call = () => client.send(new UpdateServiceCommand({ service: 'checkout' }));
  const noted: string[] = [];
  await notingCalls(noted, async () => {
    await expect(call()).rejects.toThrow();
    await call();
  });
  await call();
  expect(noted).toEqual(['request-1', 'request-2']);
  client.destroy();
  server.close();
});
