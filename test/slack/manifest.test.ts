import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACTION_VERBS } from '../../blocks/action-id.ts';
import { HELP_TOPICS } from '../../blocks/help.ts';
import { buttons, commands, mainSlashCommand, messageShortcuts, slashCommands } from '../../commands/registry.ts';
import type { Button } from '../../commands/types.ts';
import { readManifest } from '../../src/sandbox/slack/manifest.ts';
import { EVENTS, METHOD_SCOPES, neededScopes } from '../../src/slack/scopes.ts';
import { manifest as raw } from './edge.ts';

const manifest = readManifest(raw);
const source = readdirSync(new URL('../../src/slack', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(new URL(`../../src/slack/${name}`, import.meta.url), 'utf8'))
  .join('\n');

test('the manifest has exactly the slash commands that are registered, each with words', () => {
  expect(manifest.commands.map((one) => one.command).sort()).toEqual([mainSlashCommand, ...slashCommands.map((name) => `/${name}`)].sort());
  expect(manifest.commands.every((one) => one.description.length > 5)).toBe(true);
});

test('the manifest has exactly the shortcuts that are registered', () => {
  expect(manifest.shortcuts.map((one) => `${one.type} ${one.callbackId}`).sort()).toEqual(messageShortcuts.map((one) => `message ${one.callbackId}`).sort());
});

test('the manifest subscribes to exactly the events the code listens to', () => {
  expect([...manifest.events].sort()).toEqual(
    Object.values(EVENTS)
      .map((event) => event.subscribe)
      .sort(),
  );
  const listened = [...source.matchAll(/app\.event\('(\w+)'/g)].map((match) => match[1]);
  expect([...new Set(listened)].sort()).toEqual(Object.keys(EVENTS).sort());
});

test('the manifest asks for exactly the scopes the code needs', () => {
  expect([...manifest.scopes].sort()).toEqual(neededScopes());
});

test('the table of methods holds exactly what the source calls', () => {
  const called = [...source.matchAll(/client\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)].map((match) => match[1] ?? '');
  if (source.includes('client.filesUploadV2(')) called.push('files.getUploadURLExternal', 'files.completeUploadExternal');
  const socketMode = ['client.on', 'client.start', 'client.disconnect']; // of the socket client, no Web API methods
  expect([...new Set(called.filter((method) => !socketMode.includes(`client.${method}`)))].sort()).toEqual(Object.keys(METHOD_SCOPES).sort());
});

test('Slack sends presses, the Home tab is on, and people can write in the messages tab', () => {
  expect(manifest).toMatchObject({ interactive: true, homeTab: true });
  expect(raw).toMatchObject({
    features: { app_home: { messages_tab_enabled: true, messages_tab_read_only_enabled: false } },
    settings: { socket_mode_enabled: true },
  });
});

test('every button a card can carry is handled, by one handler', () => {
  expect((buttons as readonly Button[]).flatMap((button) => [...button.verbs]).sort()).toEqual([...ACTION_VERBS].sort());
});

test('help has a page for every command', () => {
  expect([...HELP_TOPICS].sort()).toEqual(
    commands
      .map((one) => one.name)
      .filter((name) => name !== 'help')
      .sort(),
  );
});
