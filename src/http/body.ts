import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { OpsError } from '../domain/errors.ts';
import { StatusError } from './problem.ts';
import type { TypedServer } from './typed.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, for signatures. */
    rawBody: Buffer | null;
  }
}

/**
 * JSON bodies in UTF-8 and nothing else: another charset, broken UTF-8 and broken JSON are refused in words, also keys that would
 * reach into prototypes. No body at all is `undefined`.
 */
export function takeJson(app: TypedServer): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.decorateRequest('rawBody', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(['application/json', 'application/*+json'], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      request.rawBody = body;
      const text = decode(request, body);
      if (text.trim() === '') return done(null, undefined);
      parse(request, text, (error, value) => {
        if (error !== null) done(badJson());
        else if (value === null) done(new OpsError('invalid_input', 'The body is null.', 'Send a JSON object, or no body at all.'));
        else done(null, value);
      });
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Bytes as text. Errors: StatusError 415 for another charset, `invalid_input` for what is not UTF-8. */
export function decode(request: FastifyRequest, body: Buffer): string {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new StatusError(415, 'invalid_input', `The charset "${charset.slice(0, 40)}" is not taken.`, 'Send JSON in UTF-8.');
  try {
    return UTF8.decode(body);
  } catch {
    throw new OpsError('invalid_input', 'The body is not valid UTF-8.', 'Send JSON in UTF-8.');
  }
}

const badJson = (): OpsError => new OpsError('invalid_input', 'The body is not valid JSON.', 'Check it with a JSON validator and send it again.');

/** Fastify shows a validator `null` where there is no body; to a schema with a default that is `undefined`. */
export const compileValidator: FastifySchemaCompiler<unknown> = (route) => {
  const check = validatorCompiler(route as Parameters<typeof validatorCompiler>[0]);
  return (data) => check(data === null && route.httpPart === 'body' ? undefined : data);
};
