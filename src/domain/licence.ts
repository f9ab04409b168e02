/** Licences: SPDX expressions, and what a policy admits. */
import { isJsonArray, isJsonObject, type JsonValue } from './canonical-json.ts';

/** Ids (SPDX, any case) that are admitted, all where not given, and that are not. */
export interface LicenceRules {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

type Expression =
  | { readonly id: string }
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] };

/**
 * Tells whether rules admit a licence: of `A OR B` one is enough, of `A AND B` both must be; `A WITH exception` is A. What is
 * no expression is one id.
 */
export function isAdmitted(text: string, rules: LicenceRules): boolean {
  const [allow, deny] = [rules.allow, rules.deny].map(
    (ids) => ids && new Set(ids.map((id) => id.trim().toLowerCase())),
  );
  const holds = (expression: Expression): boolean => {
    if ('all' in expression) return expression.all.every(holds);
    if ('any' in expression) return expression.any.some(holds);
    return deny?.has(expression.id) !== true && (allow === undefined || allow.has(expression.id));
  };
  return holds(parseExpression(text));
}

/** Tells whether a statement says that nothing is known. */
export function isUnknownLicence(text: string): boolean {
  return /^(?:|unknown|noassertion|other)$/i.test(text.trim());
}

/** Returns the licence that a JSON document's `license` states: a text, one with an address, or several that all apply. */
export function statedLicence(document: JsonValue | undefined): string | undefined {
  if (!isJsonObject(document)) return undefined;
  return licenceText(document.get('license') ?? document.get('sc:license'));
}

/** Returns the expression of licences that all apply; undefined for none. */
export function joinLicences(texts: readonly string[]): string | undefined {
  const stated = texts.map((text) => idOfAddress(text.trim())).filter((text) => text !== '');
  if (stated.length <= 1) return stated[0];
  return stated.map((text) => (/\s/.test(text) ? `(${text})` : text)).join(' AND ');
}

/** Returns what an `SPDX-License-Identifier:` line says. */
export function licenceOfText(text: string): string | undefined {
  const [, stated] = /SPDX-License-Identifier:[ \t]*([^\r\n*]+)/.exec(text) ?? [];
  return stated === undefined ? undefined : joinLicences([stated]);
}

function licenceText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return joinLicences([value]);
  if (value === undefined || value === null) return undefined;
  if (isJsonArray(value)) return joinLicences(value.flatMap((item) => licenceText(item) ?? []));
  if (!isJsonObject(value)) return undefined;
  return licenceText(
    ['id', '@id', 'spdx', 'url', 'name'].map((key) => value.get(key)).find((text) => text !== undefined),
  );
}

/** Data sets name licences by address; these two places have ids in theirs. */
function idOfAddress(text: string): string {
  const [, spdx] =
    /^https?:\/\/(?:www\.)?spdx\.org\/licenses\/([A-Za-z0-9.+-]+?)(?:\.html|\.json|\/)?$/i.exec(text) ?? [];
  if (spdx !== undefined) return spdx;
  const [, area, kind, version] =
    /^https?:\/\/(?:www\.)?creativecommons\.org\/(licenses|publicdomain)\/([a-z-]+)\/(\d\.\d)\b/i.exec(text) ?? [];
  if (area === undefined || kind === undefined || version === undefined) return text;
  return area.toLowerCase() === 'licenses' ? `CC-${kind.toUpperCase()}-${version}` : `CC0-${version}`;
}

function parseExpression(text: string): Expression {
  const parser = new ExpressionParser(text.toLowerCase().match(/[()]|[^\s()]+/g) ?? []);
  return parser.parse() ?? { id: text.trim().toLowerCase() };
}

/** Recursive descent; AND binds tighter than OR (SPDX annex D). */
class ExpressionParser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  parse(): Expression | undefined {
    const whole = this.#any();
    return this.#at === this.#tokens.length ? whole : undefined;
  }

  #any(): Expression | undefined {
    return this.#series('or', () => this.#series('and', () => this.#one()));
  }

  #series(word: 'or' | 'and', next: () => Expression | undefined): Expression | undefined {
    const parts: Expression[] = [];
    do {
      const part = next();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#take(word));
    return parts.length === 1 ? parts[0] : word === 'or' ? { any: parts } : { all: parts };
  }

  #one(): Expression | undefined {
    if (this.#take('(')) {
      // A text of brackets alone must not end the program.
      this.#depth += 1;
      const inner = this.#depth > 64 ? undefined : this.#any();
      return this.#take(')') ? inner : undefined;
    }
    const id = this.#tokens[this.#at];
    if (id === undefined || /^(?:and|or|with|\)|\()$/.test(id)) return undefined;
    this.#at += 1;
    if (this.#take('with')) this.#at += 1;
    return { id };
  }

  #take(word: string): boolean {
    const isNext = this.#tokens[this.#at] === word;
    if (isNext) this.#at += 1;
    return isNext;
  }
}
