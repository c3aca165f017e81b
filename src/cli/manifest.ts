import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../config.ts';

const FILE = join(import.meta.dirname, '..', '..', 'manifest.yml');

/** `opsloop manifest`: the Slack app as this config needs it, to paste into "App Manifest" of the app's settings. */
export function manifest(): void {
  process.stdout.write(stringify(manifestFor(loadConfig().http.public_url), { lineWidth: 0 }));
}

/** manifest.yml, with the domain whose links Slack asks about: it knows no ports, so `http://host:4600` gives `host`. */
export function manifestFor(publicUrl: string | undefined): Record<string, unknown> {
  const plain = parse(readFileSync(FILE, 'utf8')) as { features: Record<string, unknown> };
  return publicUrl === undefined ? plain : { ...plain, features: { ...plain.features, unfurl_domains: [new URL(publicUrl).hostname] } };
}
