const TIMEOUT_MS = 5000;
const MOST_CHARS = 100_000;

/** A text over https, bounded in time and length, without following redirects. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.text()).slice(0, MOST_CHARS);
}
