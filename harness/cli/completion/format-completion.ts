import type { CommandOption, DescribedCommand } from './describe-commands.js';

/** Shells that commands can be completed in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** The script by which a shell completes commands, options and the values of options. It asks nobody while it works. */
export function formatCompletion(shell: Shell, commands: readonly DescribedCommand[]): string {
  switch (shell) {
    case 'bash':
      return formatBash(commands);
    case 'zsh':
      return formatZsh(commands);
    case 'fish':
      return formatFish(commands);
  }
}

/** Names of the command as one word: `secrets/set`; empty for sluice itself. */
function nameOf({ path }: DescribedCommand): string {
  return path.join('/');
}

/** A word between single quotes of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Branches of a `case` for every option that takes a value: those with choices offer them, others files. */
function formatValues(
  commands: readonly DescribedCommand[],
  offer: (option: CommandOption) => string,
): string[] {
  return commands.flatMap((command) =>
    command.options
      .filter(({ takesValue }) => takesValue)
      .map((option) => {
        const patterns = option.names.map((name) => quote(`${nameOf(command)}:${name}`)).join('|');
        return `    ${patterns}) ${offer(option)} ;;`;
      }),
  );
}

/** Walks over the words before the cursor: to which command they lead. */
function formatWalk(commands: readonly DescribedCommand[]): string[] {
  const names = commands.slice(1).map((command) => quote(nameOf(command)));
  return [
    '    case "${at:+$at/}$word" in',
    `      ${names.join('|')}) at="\${at:+$at/}$word" ;;`,
    '    esac',
  ];
}

function formatBash(commands: readonly DescribedCommand[]): string {
  const words = (list: readonly string[]): string => quote(list.join(' '));
  return [
    '# Completion of sluice for bash. In ~/.bashrc: source <(sluice completion bash)',
    '_sluice() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at= word i options= commands=',
    '  COMPREPLY=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    word=${COMP_WORDS[i]}',
    '    if [[ $word == -- ]]; then',
    '      if ((i + 1 == COMP_CWORD)); then COMPREPLY=($(compgen -c -- "$cur")); fi',
    '      return',
    '    fi',
    ...formatWalk(commands),
    '  done',
    '  case "$at:$prev" in',
    ...formatValues(commands, ({ choices }) =>
      choices.length === 0 ? 'return' : `COMPREPLY=($(compgen -W ${words(choices)} -- "$cur")); return`,
    ),
    '  esac',
    '  case "$at" in',
    ...commands.map((command) => {
      const options = command.options.flatMap(({ names }) => names);
      const below = command.commands.map(({ name }) => name);
      return `    ${quote(nameOf(command))}) options=${words(options)} commands=${words(below)} ;;`;
    }),
    '  esac',
    '  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$cur"))',
    '  else COMPREPLY=($(compgen -W "$commands" -- "$cur")); fi',
    '}',
    'complete -o default -F _sluice sluice',
    '',
  ].join('\n');
}

function formatZsh(commands: readonly DescribedCommand[]): string {
  const describe = (name: string, summary: string): string =>
    quote(`${name.replaceAll(':', '\\:')}:${summary}`);
  return [
    '#compdef sluice',
    '# Completion of sluice for zsh. In ~/.zshrc, after compinit: source <(sluice completion zsh)',
    '_sluice() {',
    '  local cur=${words[CURRENT]} prev=${words[CURRENT-1]} at= word i',
    '  local -a options commands',
    '  for ((i = 2; i < CURRENT; i++)); do',
    '    word=${words[i]}',
    '    if [[ $word == -- ]]; then',
    '      if ((i + 1 == CURRENT)); then _command_names -e; else _files; fi',
    '      return',
    '    fi',
    ...formatWalk(commands),
    '  done',
    '  case "$at:$prev" in',
    ...formatValues(commands, ({ choices }) =>
      choices.length === 0 ? '_files; return' : `compadd -- ${choices.map(quote).join(' ')}; return`,
    ),
    '  esac',
    '  case "$at" in',
    ...commands.map((command) => {
      const options = command.options.flatMap(({ names, summary }) =>
        names.map((name) => describe(name, summary)),
      );
      const below = command.commands.map(({ name, summary }) => describe(name, summary));
      return `    ${quote(nameOf(command))}) options=(${options.join(' ')}) commands=(${below.join(' ')}) ;;`;
    }),
    '  esac',
    '  if [[ $cur == -* ]]; then _describe -o option options',
    '  elif ((${#commands})); then _describe command commands',
    '  else _files; fi',
    '}',
    'compdef _sluice sluice',
    '',
  ].join('\n');
}

function formatFish(commands: readonly DescribedCommand[]): string {
  const names = commands.slice(1).map((command) => quoteFish(nameOf(command)));
  return [
    '# Completion of sluice for fish: sluice completion fish > ~/.config/fish/completions/sluice.fish',
    'function __sluice_at',
    "    set -l at ''",
    '    for word in (commandline -opc)[2..]',
    '        if test "$word" = --',
    '            return 1',
    '        end',
    '        set -l next (string trim --left --chars=/ -- "$at/$word")',
    `        if contains -- "$next" ${names.join(' ')}`,
    '            set at $next',
    '        end',
    '    end',
    '    test "$at" = "$argv[1]"',
    'end',
    ...commands.flatMap((command) => {
      const when = `complete -c sluice -n ${quoteFish(`__sluice_at ${quoteFish(nameOf(command))}`)}`;
      return [
        ...command.commands.map(
          ({ name, summary }) => `${when} -f -a ${quoteFish(name)} -d ${quoteFish(summary)}`,
        ),
        ...command.options.map((option) => `${when} ${formatFishOption(option)}`),
      ];
    }),
    '',
  ].join('\n');
}

function formatFishOption({ names, takesValue, choices, summary }: CommandOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const values = takesValue
    ? ['-r', ...(choices.length > 0 ? [`-f -a ${quoteFish(choices.join(' '))}`] : [])]
    : [];
  return [...flags, ...values, `-d ${quoteFish(summary)}`].join(' ');
}

/** A word between single quotes of fish. */
function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
