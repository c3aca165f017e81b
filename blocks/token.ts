import type { NewToken, TokenView } from '../src/domain/token.ts';
import { type Card, type CardOptions, code, date, type Locale, mention, safe } from './card.ts';
import { say } from './locales/say.ts';
import { context, header, list, section } from './parts.ts';

const SHOWN = 20;

/** A new token. Its secret stands in the blocks alone: `text` goes into notifications, and those onto locked screens. */
export function tokenMadeCard(token: NewToken, { locale }: CardOptions): Card {
  const words = say(locale);
  const params = { name: safe(token.name, 40) };
  return {
    text: words('token.made', params),
    blocks: [
      section(`🔑 ${words('token.made', params)} ${words('token.once')}`),
      section(code(token.secret, 200)),
      ...context([words('token.about', { whose: whose(token, locale), scopes: scopes(token) }), words('token.end', params)]),
    ],
  };
}

export function tokensCard(tokens: readonly TokenView[], { locale }: CardOptions): Card {
  const words = say(locale);
  const lines = tokens.slice(0, SHOWN).map((token) => {
    const used = token.lastUsedAtMs === null ? words('token.unused') : words('token.used', { when: date(token.lastUsedAtMs) });
    return `${code(token.name)} – ${whose(token, locale)} – ${scopes(token)} – ${used}`;
  });
  const title = words('token.title');
  const more = tokens.length > SHOWN ? words('list.more', { n: tokens.length - SHOWN }) : null;
  return { text: title, blocks: [header(`🔑 ${title}`), ...(lines.length === 0 ? [section(words('token.none'))] : list(words('token.those'), lines, more))] };
}

export function tokenEndedCard(token: TokenView, { locale }: CardOptions): Card {
  const text = say(locale)('token.ended', { name: safe(token.name, 40) });
  return { text, blocks: [section(`🔑 ${text}`)] };
}

const scopes = (token: TokenView): string => token.scopes.map((scope) => code(scope, 20)).join(' ');

const whose = ({ userId }: TokenView, locale: Locale): string => (userId === null ? say(locale)('token.machine') : (mention(userId) ?? code(userId)));
