import { createHmac, timingSafeEqual } from 'node:crypto';

const FRESH_S = 300; // a signed request is taken for so long before and after its time

/** Headers of a body signed with the shared secret: HMAC-SHA256 over `timestamp.body`. */
export function sign(secret: string, body: string, nowMs: number): { readonly 'x-opsloop-timestamp': string; readonly 'x-opsloop-signature': string } {
  const timestamp = String(Math.floor(nowMs / 1000));
  return { 'x-opsloop-timestamp': timestamp, 'x-opsloop-signature': `sha256=${hmac(secret, `${timestamp}.`, body)}` };
}

/** Whether signature and time hold, compared in constant time. */
export function isSigned(secret: string, body: Buffer, timestamp: string | undefined, signature: string | undefined, nowMs: number): boolean {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > FRESH_S) return false;
  return same(signature.replace(/^sha256=/, ''), hmac(secret, `${timestamp}.`, body));
}

/** Grafana's own: hex HMAC-SHA256 over the body, with `timestamp:` before it when the contact point names a timestamp header. */
export function isSignedByGrafana(secret: string, body: Buffer, timestamp: string | undefined, signature: string, nowMs: number): boolean {
  if (timestamp === undefined) return same(signature, hmac(secret, '', body));
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs / 1000 - Number(timestamp)) > FRESH_S) return false;
  return same(signature, hmac(secret, `${timestamp}:`, body));
}

const hmac = (secret: string, prefix: string, body: Buffer | string): string => createHmac('sha256', secret).update(prefix).update(body).digest('hex');

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given.toLowerCase()), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
