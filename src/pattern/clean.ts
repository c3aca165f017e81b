/** Text of logs and people as one plain line: no mentions, links or hidden characters, at most `limit` characters. */
export function plainLine(text: string, limit: number): string {
  const plain = text
    .replace(/[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .replace(/<[!@#][^>]*>?/g, ' ')
    .replace(/<[a-z]+:[^>]*>/gi, ' ')
    .replace(/@(?=channel\b|here\b|everyone\b)/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length <= limit ? plain : `${plain.slice(0, limit - 1).trimEnd()}…`;
}
