import type { ModalView } from '@slack/types';
import type { ActionVerb } from '../blocks/action-id.ts';
import type { WhyPictures } from '../blocks/analysis.ts';
import type { Card, CardOptions, Locale } from '../blocks/card.ts';
import type { ProgressCard } from '../blocks/progress.ts';
import type { PictureSpec } from '../src/domain/chart.ts';
import type { Verdict } from '../src/domain/feedback.ts';
import type { Preferences } from '../src/domain/quiet.ts';
import type { Verbs } from '../src/loop/verbs.ts';

/** What every handler may use: the verbs of the loop, and nothing of Slack. */
export interface Tools {
  readonly verbs: Verbs;
  readonly nowMs: number;
  /** How far a slow request is: shown in one message, which the answer replaces; a quick one shows nothing. */
  readonly progress: (card: ProgressCard) => void;
  /** This request: its name for a Stop button, and the signal that this was pressed. */
  readonly run: { readonly id: string; readonly signal: AbortSignal };
  /** Stops a request under way; false: it is over. */
  readonly stop: (run: string, userId: string) => boolean;
  /** Pictures of an incident: those Slack has already, and new ones in a language they are not there in (null: nothing new). */
  readonly pictures: {
    known(incidentId: string, locale: Locale): Promise<WhyPictures>;
    draw(incidentId: string, locale: Locale): Promise<WhyPictures | null>;
  };
  readonly preferences: { get(userId: string): Promise<Preferences>; set(userId: string, preferences: Preferences): Promise<void> };
}

/** Who asks, and how to speak to them (`forMe`: their language) and to the channel (`forAll`: its language). */
interface Asker {
  readonly userId: string;
  readonly forMe: CardOptions;
  readonly forAll: CardOptions;
}

/** A command as typed, in a channel, a thread or a DM. */
export interface Ask extends Asker {
  readonly text: string; // what follows the command's own word, cleaned
  readonly about: string | null; // the incident or plan whose thread this was typed in
}

/** One card. `everyone`: in the channel or thread it was asked in; `asker`: only that person sees it. */
export interface Answer {
  readonly audience: 'everyone' | 'asker';
  readonly card: Card;
  readonly subject: string | null; // what it is about: a reaction on it is a verdict on that
  readonly live: boolean; // it is the subject's own card, and follows its state
  readonly locale: Locale; // of a live card, to keep it in its language
  readonly picture?: PictureSpec; // drawn and put under the card; without it the card still says everything
}
export const publicly = (card: Card, about: string | null = null): Answer => ({ audience: 'everyone', card, subject: about, live: false, locale: 'en' });
/** The card of an incident or plan itself. */
export const live = (card: Card, subject: string, { locale }: CardOptions): Answer => ({ audience: 'everyone', card, subject, live: true, locale });
export const privately = (card: Card): Answer => ({ audience: 'asker', card, subject: null, live: false, locale: 'en' });

export type CommandName =
  | 'detect'
  | 'rca'
  | 'pattern'
  | 'fix'
  | 'approve'
  | 'reject'
  | 'withdraw'
  | 'policy'
  | 'promote'
  | 'token'
  | 'feedback'
  | 'status'
  | 'ack'
  | 'silence'
  | 'silences'
  | 'unsilence'
  | 'maintenance'
  | 'topology'
  | 'week'
  | 'pause'
  | 'resume'
  | 'audit'
  | 'help';

export interface Command {
  readonly name: CommandName;
  /** Other words for it, lower case; Chinese ones need no space after them. */
  readonly aliases: readonly string[];
  /** What follows the word, for people: `<incident>`. */
  readonly usage: string;
  run(ask: Ask, tools: Tools): Promise<Answer>;
}

/** A press on a button of ours. */
export interface Click extends Asker {
  readonly verb: ActionVerb;
  readonly subject: string;
  readonly digest: string | null;
}
/** A window; `later` makes what takes its place once that is ready (null: it stays as it is). */
export interface Window {
  readonly modal: ModalView;
  readonly later?: () => Promise<ModalView | null>;
}
/** Every press is answered: with a card, or with a window; `runbook` attaches an incident's runbook in the thread. */
export type ClickAnswer = Answer | Window | { readonly runbookOf: string; readonly slug: string; readonly card: Card };

export interface Button {
  readonly verbs: readonly ActionVerb[];
  press(click: Click, tools: Tools): Promise<ClickAnswer>;
}

/** Values a person filled in, by `block_id/action_id`; an empty field is null. */
export type FormValues = ReadonlyMap<string, string | null>;
export interface Submission extends Asker {
  readonly metadata: string; // private_metadata of the view
  readonly values: FormValues;
}
export interface Modal {
  readonly callbackId: string;
  /** Problems by block_id, shown in the window; null when it can be sent. Pure and at once: Slack waits for it. */
  check(submission: Submission): Readonly<Record<string, string>> | null;
  submit(submission: Submission, tools: Tools): Promise<Answer>;
}

/** "More actions" on a message, with the text of that message. */
export interface MessageAsk extends Asker {
  readonly text: string;
  readonly about: string | null;
}
export interface MessageShortcut {
  readonly callbackId: string;
  run(ask: MessageAsk, tools: Tools): Promise<Answer | Window>;
}

/** A reaction on a message of ours. */
export interface ReactionAsk extends Asker {
  readonly subject: string;
  readonly change: 'added' | 'removed';
  readonly standing: Verdict | null; // this person's verdict on the subject before the change
}
export interface Reaction {
  readonly names: readonly string[]; // without skin tone
  /** null: nothing to say. */
  react(ask: ReactionAsk, tools: Tools): Promise<Answer | null>;
}
