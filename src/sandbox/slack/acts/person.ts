import type { Core } from '../core.ts';
import type { LocalPerson, ScriptedPerson } from '../types.ts';
import { BOT_USER_ID, dmId } from '../workspace.ts';
import { closeModal, submit } from './modal.ts';
import { press, shortcut } from './press.ts';
import { command, openAgent, openHome, react, say } from './talk.ts';

/** Someone of the workspace, whose hands are a script's or the page's. */
export function scripted(core: Core, person: LocalPerson): ScriptedPerson {
  const { id } = person;
  const firstChannel = core.workspace.channels[0]?.id ?? dmId(id);
  return {
    person,
    say: async (channel, text, options = {}) => say(core, id, channel, text, options.threadTs ?? null),
    mention: async (channel, text, options = {}) => say(core, id, channel, `<@${BOT_USER_ID}> ${text}`, options.threadTs ?? null),
    dm: async (text, options = {}) => say(core, id, dmId(id), text, options.threadTs ?? null),
    command: (name, text = '', channel = firstChannel) => command(core, id, name, text, channel),
    click: (place, what, value) => press(core, id, place, what, value),
    react: async (place, name) => react(core, id, place.channel, place.ts, name, true),
    unreact: async (place, name) => react(core, id, place.channel, place.ts, name, false),
    openHome: async () => openHome(core, id),
    openAgent: async () => openAgent(core, id),
    submit: (values = {}) => submit(core, id, values),
    closeModal: () => closeModal(core, id),
    shortcut: async (callbackId, place) => {
      const { ok, error, message } = await shortcut(core, id, callbackId, place ?? null);
      return { ok, error, message };
    },
  };
}
