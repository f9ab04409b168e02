/** Completion for fish, for `git-registry` and `git registry`. */
import type { Command } from '../command.ts';
import { singleQuoted, summariseVerbs } from './script-parts.ts';

/** Returns the script. The verbs and their summaries stand in it; what follows a verb is asked from the program. */
export function fishCompletion(commands: readonly Command[]): string {
  const lines = summariseVerbs(commands).map(
    ([verb, says]) => `            ${singleQuoted(verb)} ${singleQuoted(says)}`,
  );
  return `# fish completion for git-registry. To install:
#   git registry completion fish > ~/.config/fish/completions/git-registry.fish

function __git_registry_complete
    set -l words (commandline -opc)
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        string match -qr '^(registry|(.*/)?git-registry)$' -- $word; and break
    end
    set -l current (commandline -ct)
    if not set -q words[1]; and not string match -q -- '-*' $current
        printf '%s\\t%s\\n' \\
${lines.join(' \\\n')}
        return
    end
    set -l answer (git-registry __complete -- $words $current 2>/dev/null)
    if test "$answer[1]" = :paths
        __fish_complete_path (string replace -r '^--[^=]*=' '' -- $current)
    else if set -q answer[1]
        printf '%s\\n' $answer
    end
end

complete -c git-registry -f -k -a '(__git_registry_complete)'
complete -c git -n '__fish_seen_subcommand_from registry' -f -k -a '(__git_registry_complete)'
`;
}
