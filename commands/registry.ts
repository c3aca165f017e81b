import { ack } from './ack.ts';
import { approve } from './approve.ts';
import { audit } from './audit.ts';
import { ackButton } from './buttons/ack.ts';
import { analyseButton } from './buttons/analyse.ts';
import { approveButton } from './buttons/approve.ts';
import { cancelButton } from './buttons/cancel.ts';
import { editButton } from './buttons/edit.ts';
import { feedbackButton } from './buttons/feedback.ts';
import { fixButton } from './buttons/fix.ts';
import { liftButton } from './buttons/lift.ts';
import { meaningButton } from './buttons/meaning.ts';
import { quickButton } from './buttons/quick.ts';
import { rejectButton } from './buttons/reject.ts';
import { runbookButton } from './buttons/runbook.ts';
import { savePatternButton } from './buttons/save-pattern.ts';
import { settingsButton } from './buttons/settings.ts';
import { stopButton } from './buttons/stop.ts';
import { whyButton } from './buttons/why.ts';
import { detect } from './detect.ts';
import { feedback } from './feedback.ts';
import { fix } from './fix.ts';
import { helpOn } from './help.ts';
import { maintenance } from './maintenance.ts';
import { feedbackModalHandler } from './modals/feedback.ts';
import { paramsModalHandler } from './modals/params.ts';
import { patternModalHandler } from './modals/pattern.ts';
import { rejectModalHandler } from './modals/reject.ts';
import { silenceModalHandler } from './modals/silence.ts';
import { pattern } from './pattern.ts';
import { pause } from './pause.ts';
import { policy } from './policy.ts';
import { promote } from './promote.ts';
import { rca } from './rca.ts';
import { thumbsDown, thumbsUp } from './reactions/verdict.ts';
import { reject } from './reject.ts';
import { resume } from './resume.ts';
import { analyseMessage } from './shortcuts/analyse-message.ts';
import { sayWhatWasWrong } from './shortcuts/say-what-was-wrong.ts';
import { silenceThis } from './shortcuts/silence-this.ts';
import { silence } from './silence.ts';
import { silences } from './silences.ts';
import { status } from './status.ts';
import { token } from './token.ts';
import { topology } from './topology.ts';
import type { Button, Command, CommandName, MessageShortcut, Modal, Reaction } from './types.ts';
import { unsilence } from './unsilence.ts';
import { week } from './week.ts';
import { withdraw } from './withdraw.ts';

/** Everything people can say or press. Registration, help and the check of manifest.yml all read these lists. */
const spoken = [
  detect,
  rca,
  pattern,
  fix,
  approve,
  reject,
  withdraw,
  policy,
  promote,
  token,
  feedback,
  status,
  ack,
  silence,
  silences,
  unsilence,
  maintenance,
  topology,
  week,
  pause,
  resume,
  audit,
] satisfies readonly Command[];
export const commands: readonly Command[] = [...spoken, helpOn(spoken)];

/** Slash commands: each of these takes its arguments directly; `/ops` takes every command. */
export const slashCommands = ['detect', 'rca', 'pattern', 'fix', 'approve', 'feedback'] as const satisfies readonly CommandName[];
export const mainSlashCommand = '/ops';

export const buttons = [
  approveButton,
  rejectButton,
  cancelButton,
  ackButton,
  fixButton,
  analyseButton,
  whyButton,
  runbookButton,
  feedbackButton,
  meaningButton,
  savePatternButton,
  editButton,
  liftButton,
  quickButton,
  settingsButton,
  stopButton,
] as const satisfies readonly Button[];

export const modals = [
  rejectModalHandler,
  paramsModalHandler,
  silenceModalHandler,
  patternModalHandler,
  feedbackModalHandler,
] as const satisfies readonly Modal[];
export const messageShortcuts = [analyseMessage, silenceThis, sayWhatWasWrong] as const satisfies readonly MessageShortcut[];
export const reactions = [thumbsUp, thumbsDown] as const satisfies readonly Reaction[];
