import { OpsError } from '../../domain/errors.ts';

/** `postgres://user@host:5432/name`: an address for people, without its password. */
export function placeOf(url: string): string {
  try {
    const { username, host, pathname } = new URL(url);
    return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`;
  } catch {
    throw new OpsError('invalid_input', 'The address of the database is not one.', 'Write DATABASE_URL like postgres://user:password@host:5432/opsloop.');
  }
}
