import type { Command } from 'commander';
import { OpsError } from '../domain/errors.ts';

interface Word {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
}

/** `opsloop completion bash|zsh|fish`: a script for the shell to read, made from the commands themselves. */
export function completion(program: Command, shell: string): void {
  const words = program.commands.map((command) => ({
    name: command.name(),
    description: command.description().replaceAll(/['"`$\\:[\]]/g, ' '),
    options: [...command.options.flatMap((option) => option.long ?? []), '--help'],
  }));
  const write = new Map([
    ['bash', bash],
    ['zsh', zsh],
    ['fish', fish],
  ]).get(shell);
  if (write === undefined) throw new OpsError('invalid_input', `There is no completion for "${shell}".`, 'Use bash, zsh or fish.');
  process.stdout.write(write(words));
}

const bash = (words: readonly Word[]): string => `_opsloop() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${words.map((one) => one.name).join(' ')}" -- "$word")); return; fi
  case "\${COMP_WORDS[1]}" in
${words.map((one) => `    ${one.name}) COMPREPLY=($(compgen -W "${one.options.join(' ')}" -f -- "$word")) ;;`).join('\n')}
  esac
}
complete -F _opsloop opsloop
`;

const zsh = (words: readonly Word[]): string => `#compdef opsloop
_opsloop() {
  if (( CURRENT == 2 )); then
    local -a commands=(${words.map((one) => `'${one.name}:${one.description}'`).join(' ')})
    _describe 'command' commands
    return
  fi
  case "$words[2]" in
${words.map((one) => `    ${one.name}) compadd -- ${one.options.join(' ')}; _files ;;`).join('\n')}
  esac
}
compdef _opsloop opsloop
`;

const fish = (words: readonly Word[]): string =>
  words
    .flatMap((one) => [
      `complete -c opsloop -n __fish_use_subcommand -f -a ${one.name} -d '${one.description}'`,
      ...one.options.map((option) => `complete -c opsloop -n '__fish_seen_subcommand_from ${one.name}' -l ${option.slice(2)}`),
    ])
    .join('\n')
    .concat('\n');
