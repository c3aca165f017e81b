import type { ActionsBlock, Button, ContextBlock, HeaderBlock, ImageBlock, KnownBlock, MrkdwnElement, PlainTextElement, SectionBlock } from '@slack/types';
import { type ActionRef, encodeAction } from './action-id.ts';
import { plain } from './card.ts';

/** `verbatim` keeps Slack from turning addresses and #names found in data into links. */
export const mrkdwn = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text: text === '' ? '–' : text, verbatim: true });
export const plainText = (text: string, max: number): PlainTextElement => ({ type: 'plain_text', text: plain(text, max) || '–', emoji: true });

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plainText(text, 150) });
export const section = (text: string): SectionBlock => ({ type: 'section', text: mrkdwn(text) });

/** Small grey print; empty lines are left out. */
export function context(lines: readonly string[]): ContextBlock[] {
  const shown = lines.filter((line) => line !== '').slice(0, 10);
  return shown.length === 0 ? [] : [{ type: 'context', elements: shown.map(mrkdwn) }];
}

/** Label and value pairs in two columns; at most ten. */
export function fields(pairs: readonly (readonly [string, string] | null)[]): SectionBlock[] {
  const shown = pairs.filter((pair) => pair !== null).slice(0, 10);
  return shown.length === 0 ? [] : [{ type: 'section', fields: shown.map(([label, value]) => mrkdwn(`*${label}*\n${value || '–'}`)) }];
}

interface ButtonOptions {
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string };
}
export function button(label: string, action: ActionRef, options: ButtonOptions = {}): Button {
  const { style, confirm } = options;
  return {
    type: 'button',
    text: plainText(label, 75),
    ...encodeAction(action),
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined
      ? {}
      : {
          confirm: {
            title: plainText(confirm.title, 100),
            text: plainText(confirm.text, 300),
            confirm: plainText(confirm.yes, 30),
            deny: plainText(confirm.no, 30),
            style: style ?? 'primary',
          },
        }),
  };
}

/** One row of buttons, or nothing when there are none. */
export const actions = (buttons: readonly Button[]): ActionsBlock[] => (buttons.length === 0 ? [] : [{ type: 'actions', elements: [...buttons] }]);

/** The picture of the metric, once Slack has the file. */
export function picture(fileId: string | null | undefined, alt: string): ImageBlock[] {
  if (fileId === null || fileId === undefined || fileId === '') return [];
  return [{ type: 'image', slack_file: { id: fileId }, alt_text: plain(alt, 400) || '–' }];
}

/** Bulleted lines under a bold title; nothing when there are no lines. `more` counts what is left out. */
export function list(title: string, lines: readonly string[], more: string | null = null): KnownBlock[] {
  if (lines.length === 0) return [];
  return [section([`*${title}*`, ...lines.map((line) => `• ${line}`), ...(more === null ? [] : [more])].join('\n'))];
}
