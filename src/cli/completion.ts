import type { Command } from 'commander';

interface Word {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
  readonly choices: readonly string[]; // of its first argument
}

/** `opsloop completion bash|zsh|fish`: a script for the shell to read, made from the commands themselves. */
export function completion(program: Command, shell: 'bash' | 'zsh' | 'fish'): void {
  const words = program.commands.map((command) => ({
    name: command.name(),
    description: command.description().replaceAll(/['"`$\\:[\]]/g, ' '),
    options: [...command.options.flatMap((option) => option.long ?? []), '--help'],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
  process.stdout.write({ bash, zsh, fish }[shell](words));
}

const offered = ({ choices, options }: Word): string => [...choices, ...options].join(' ');

const bash = (words: readonly Word[]): string => `_opsloop() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${words.map((one) => one.name).join(' ')}" -- "$word")); return; fi
  case "\${COMP_WORDS[1]}" in
${words.map((one) => `    ${one.name}) COMPREPLY=($(compgen -W "${offered(one)}" ${one.choices.length > 0 ? '' : '-f '}-- "$word")) ;;`).join('\n')}
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
${words.map((one) => `    ${one.name}) compadd -- ${offered(one)}${one.choices.length > 0 ? '' : '; _files'} ;;`).join('\n')}
  esac
}
compdef _opsloop opsloop
`;

const fish = (words: readonly Word[]): string =>
  words
    .flatMap((one) => [
      `complete -c opsloop -n __fish_use_subcommand -f -a ${one.name} -d '${one.description}'`,
      ...one.choices.map((choice) => `complete -c opsloop -n '__fish_seen_subcommand_from ${one.name}' -f -a ${choice}`),
      ...one.options.map((option) => `complete -c opsloop -n '__fish_seen_subcommand_from ${one.name}' -l ${option.slice(2)}`),
    ])
    .join('\n')
    .concat('\n');
