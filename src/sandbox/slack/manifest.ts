import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';

const strings = z.array(z.string()).default([]);

/** The part of an app manifest that decides what Slack sends to an app and lets it do. */
const ManifestSchema = z.looseObject({
  display_information: z.looseObject({ name: z.string().min(1).max(35), description: z.string().max(140).optional() }),
  features: z
    .looseObject({
      app_home: z.looseObject({ home_tab_enabled: z.boolean().default(false), messages_tab_enabled: z.boolean().default(true) }).optional(),
      bot_user: z.looseObject({ display_name: z.string().min(1).max(80) }),
      shortcuts: z
        .array(
          z.looseObject({
            name: z.string().min(1).max(24),
            type: z.enum(['message', 'global']),
            callback_id: z.string().min(1).max(255),
            description: z.string().max(150),
          }),
        )
        .default([]),
      slash_commands: z
        .array(
          z.looseObject({
            command: z.string().regex(/^\/\S{1,31}$/, 'a command starts with / and has no blanks'),
            description: z.string().min(1).max(2000),
            usage_hint: z.string().max(1000).optional(),
          }),
        )
        .default([]),
      unfurl_domains: strings,
      assistant_view: z.looseObject({}).optional(),
      agent_view: z.looseObject({}).optional(),
    })
    .prefault({ bot_user: { display_name: 'bot' } }),
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: strings }) }),
  settings: z.looseObject({
    event_subscriptions: z.looseObject({ bot_events: strings }).prefault({}),
    interactivity: z.looseObject({ is_enabled: z.boolean() }).prefault({ is_enabled: false }),
    socket_mode_enabled: z.boolean().default(false),
  }),
});

export interface AppManifest {
  readonly name: string;
  readonly botName: string;
  readonly description: string;
  readonly scopes: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly commands: readonly { readonly command: string; readonly description: string; readonly usageHint: string }[];
  readonly shortcuts: readonly { readonly name: string; readonly type: 'message' | 'global'; readonly callbackId: string }[];
  readonly unfurlDomains: readonly string[];
  readonly interactive: boolean;
  readonly homeTab: boolean;
  readonly agent: boolean;
}

/** Reads an app manifest given as an object. OpsError('invalid_input') names what is wrong in it. */
export function readManifest(input: unknown): AppManifest {
  const parsed = ManifestSchema.safeParse(input);
  if (!parsed.success) throw new OpsError('invalid_input', `The Slack manifest is not valid:\n${z.prettifyError(parsed.error)}`, 'Mend manifest.yml.');
  const { display_information: display, features, oauth_config: oauth, settings } = parsed.data;
  if (!settings.socket_mode_enabled)
    throw new OpsError('invalid_input', 'The Slack manifest does not enable Socket Mode.', 'Set settings.socket_mode_enabled to true.');
  return {
    name: display.name,
    botName: features.bot_user.display_name,
    description: display.description ?? '',
    scopes: new Set(oauth.scopes.bot),
    events: new Set(settings.event_subscriptions.bot_events),
    commands: features.slash_commands.map((one) => ({ command: one.command, description: one.description, usageHint: one.usage_hint ?? '' })),
    shortcuts: features.shortcuts.map((one) => ({ name: one.name, type: one.type, callbackId: one.callback_id })),
    unfurlDomains: features.unfurl_domains,
    interactive: settings.interactivity.is_enabled,
    homeTab: features.app_home?.home_tab_enabled ?? false,
    agent: features.agent_view !== undefined || features.assistant_view !== undefined,
  };
}
