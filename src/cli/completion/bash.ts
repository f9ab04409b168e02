/** Completion for bash, for `git-registry` and, where git's own completion is loaded, for `git registry`. */
import type { Command } from '../command.ts';
import { summariseVerbs } from './script-parts.ts';

/** Returns the script. The verbs stand in it; what follows a verb is asked from the program. */
export function bashCompletion(commands: readonly Command[]): string {
  const verbs = summariseVerbs(commands)
    .map(([verb]) => verb)
    .join(' ');
  return `# bash completion for git-registry. To install:
#   git registry completion bash > ~/.local/share/bash-completion/completions/git-registry

__git_registry() {
    local line=\${COMP_LINE:0:COMP_POINT} word cur
    local -a words=() candidates=()
    read -r -a words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    while ((\${#words[@]})); do
        word=\${words[0]}
        words=("\${words[@]:1}")
        [[ $word == registry || \${word##*/} == git-registry ]] && break
    done
    ((\${#words[@]})) || words=('')
    cur=\${words[\${#words[@]} - 1]}

    if ((\${#words[@]} == 1)) && [[ $cur != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '${verbs}' -- "$cur")
        return
    fi
    mapfile -t candidates < <(git-registry __complete -- "\${words[@]}" 2> /dev/null)
    if [[ \${candidates[0]-} == :paths ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "\${cur##--*=}")
        return
    fi
    # Readline replaces only what stands behind the last of its word breaks.
    local breaks=\${COMP_WORDBREAKS//[^=:@]/} kept=
    [[ -n $breaks ]] && kept=\${cur%"\${cur##*[$breaks]}"}
    candidates=("\${candidates[@]%%$'\\t'*}")
    COMPREPLY=("\${candidates[@]#"$kept"}")
    if ((\${#COMPREPLY[@]} == 1)) && [[ \${candidates[0]} == *[@=] ]]; then compopt -o nospace; fi
}

# What git's completion calls for "git registry".
_git_registry() { __git_registry; }

complete -F __git_registry git-registry
`;
}
