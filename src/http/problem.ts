import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorCode, OpsError, toOpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';

/** The one table from error code to HTTP status. */
const STATUS: Record<ErrorCode, number> = {
  invalid_input: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  expired: 410,
  limited: 429,
  internal: 500,
  unavailable: 503,
};

/** Any thrown thing as problem+json (RFC 9457) with a stable `code` and a hint; what is not meant for people stays in the log. */
export function sendProblem(log: Log) {
  return async (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const error = fromFastify(thrown);
    const status = thrown instanceof OpsError || !(thrown.statusCode !== undefined && thrown.statusCode < 500) ? STATUS[error.code] : thrown.statusCode;
    if (status >= 500) log.error({ err: thrown, method: request.method, url: request.routeOptions.url }, 'a request failed');
    await problem(reply, status, error);
  };
}

/** Writes one problem. */
export async function problem(reply: FastifyReply, status: number, error: OpsError): Promise<void> {
  const body = { type: 'about:blank', status, code: error.code, title: error.message, ...(error.hint === null ? {} : { hint: error.hint }) };
  await reply.status(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}

function fromFastify(thrown: FastifyError): OpsError {
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const first = thrown.validation[0];
    const where = first === undefined ? 'the request' : `${thrown.validationContext ?? 'body'}${first.instancePath.replaceAll('/', '.')}`;
    return new OpsError('invalid_input', `${where}: ${first?.message ?? 'is not valid'}`);
  }
  if (!(thrown instanceof OpsError) && thrown.statusCode !== undefined && thrown.statusCode < 500) return new OpsError('invalid_input', thrown.message);
  return toOpsError(thrown);
}
