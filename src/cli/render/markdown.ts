/** Texts of a registry in GitHub's and GitLab's Markdown. */
import { escapeControls } from './escape.ts';

/** Returns the text as code. */
export function markdownCode(value: string): string {
  return `\`${escapeControls(value).replaceAll('`', '')}\``;
}

/** Returns the text as it reads. What comes from a repository must not become markup, a link, or a mention of somebody or something. */
export function markdownText(value: string): string {
  return escapeControls(value).replace(
    /[\\`*{}[\]<>#|~@&!$%]|:(?=\/\/)|(?<=\bwww)\.|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/gi,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
