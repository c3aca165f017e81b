import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode, OpsError, toOpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { Unauthenticated } from './auth.ts';

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

/** RFC 9457, with a stable `code` to act on and a `hint` what to do. */
export const ProblemSchema = z.object({
  type: z.literal('about:blank'),
  status: z.number().int(),
  code: z.enum(ERROR_CODES),
  title: z.string(),
  hint: z.string().optional(),
});
export type Problem = z.infer<typeof ProblemSchema>;

/** Any thrown thing as a problem; what is not meant for people stays in the log. */
export function toProblem(thrown: unknown): Problem {
  const error = thrown instanceof OpsError ? thrown : fromFastify(thrown as FastifyError);
  return { type: 'about:blank', status: statusOf(thrown, error), code: error.code, title: error.message, ...(error.hint === null ? {} : { hint: error.hint }) };
}

/** Answers with a problem and logs what is our own fault. */
export function sendProblem(log: Log) {
  return async (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const problem = toProblem(thrown);
    if (problem.status >= 500) log.error({ err: thrown, request: request.id, method: request.method, url: request.routeOptions.url }, 'a request failed');
    if (thrown instanceof Unauthenticated) reply.header('www-authenticate', 'Bearer');
    if (thrown instanceof StatusError && thrown.allow !== null) reply.header('allow', thrown.allow);
    await writeProblem(reply, problem);
  };
}

export async function writeProblem(reply: FastifyReply, problem: Problem): Promise<void> {
  await reply.status(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

/** A refusal that has an HTTP status of its own. */
export class StatusError extends OpsError {
  readonly status: number;
  readonly allow: string | null; // of a 405: the methods there are
  constructor(status: number, code: ErrorCode, message: string, hint: string | null = null, allow: string | null = null) {
    super(code, message, hint);
    this.status = status;
    this.allow = allow;
  }
}

function statusOf(thrown: unknown, error: OpsError): number {
  if (thrown instanceof Unauthenticated) return 401;
  if (thrown instanceof StatusError) return thrown.status;
  const own = thrown instanceof OpsError ? undefined : (thrown as FastifyError | undefined)?.statusCode;
  return own !== undefined && own >= 400 && own < 500 ? own : STATUS[error.code];
}

/** Fastify's own refusals in our words. */
const WORDS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  FST_ERR_BAD_URL: ['The address is not valid.', 'Escape it as UTF-8 with percent signs.'],
  FST_ERR_MAX_PARAM_LENGTH: ['The address is too long.', 'A name has at most 200 characters.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['The body is too large.', 'Send less at once.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['This content type is not taken.', 'Send "Content-Type: application/json".'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['The body is not as long as Content-Length says.', 'Send it again.'],
};

function fromFastify(thrown: FastifyError): OpsError {
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const first = thrown.validation[0];
    const place = `${thrown.validationContext ?? 'body'}${first?.instancePath.replaceAll('/', '.') ?? ''}`;
    return new OpsError('invalid_input', `${place}: ${first?.message ?? 'is not valid'}`.slice(0, 500), 'See /docs for what this takes.');
  }
  const { statusCode, code } = thrown;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return toOpsError(thrown);
  const [message, hint] = WORDS[code] ?? ['The request cannot be read.', 'See /docs for what this takes.'];
  return new OpsError('invalid_input', message, hint);
}
