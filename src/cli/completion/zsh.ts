/** Completion for zsh, for `git-registry` and, through zsh's own `_git`, for `git registry`. */
import type { Command } from '../command.ts';
import { singleQuoted, summariseVerbs } from './script-parts.ts';

/** Returns the script. The verbs and their summaries stand in it; what follows a verb is asked from the program. */
export function zshCompletion(commands: readonly Command[]): string {
  const lines = summariseVerbs(commands).map(
    ([verb, says]) => `        ${singleQuoted(`${verb}:${says.replaceAll(':', '\\:')}`)}`,
  );
  return `#compdef git-registry
# zsh completion for git-registry. To install, in a folder of $fpath:
#   git registry completion zsh > ~/.zfunc/_git-registry

_git-registry() {
    local -a verbs answer closed open
    local line value says
    verbs=(
${lines.join('\n')}
    )
    if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then
        _describe -t commands 'git registry command' verbs
        return
    fi
    answer=("\${(@f)$(git-registry __complete -- "\${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2> /dev/null)}")
    if [[ \${answer[1]} == :paths ]]; then
        [[ $PREFIX == --*=* ]] && compset -P 1 '*='
        _files
        return
    fi
    for line in "\${answer[@]}"; do
        [[ -n $line ]] || continue
        value=\${line%%$'\\t'*}
        says=\${line#$value}
        value=\${value//:/\\\\:}
        [[ -n $says ]] && value+=":\${says#$'\\t'}"
        if [[ \${line%%$'\\t'*} == *[@=] ]]; then open+=("$value"); else closed+=("$value"); fi
    done
    local found=1
    (($#open)) && _describe -V -t open 'model' open -S '' && found=0
    (($#closed)) && _describe -V -t closed 'argument' closed && found=0
    return found
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _git-registry "$@"
else
    compdef _git-registry git-registry
fi
`;
}
