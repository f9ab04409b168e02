/**
 * The JSON grammar of RFC 8259, strict and alone: what is made of the values is up to a builder, so that parsing to
 * values and rewriting to canonical text cannot disagree on what is JSON. Recursion is bounded by the depth that
 * `json-text.ts` has counted.
 */
import type { RegistryError } from './errors.ts';
import { type JsonFault, jsonError, placeOf } from './json-fault.ts';
import { MAX_INTEGER_DIGITS, spellFloat, spellInteger } from './json-number.ts';
import { isWellFormed } from './utf8.ts';

/** Makes something of each value, innermost first. */
export interface JsonBuilder<T> {
  literal(value: null | boolean): T;
  /** `value` is unescaped and well formed. */
  string(value: string): T;
  /** `text` is the canonical spelling. */
  number(text: string): T;
  array(items: readonly T[]): T;
  /** Members in the order of the text; no key twice. */
  object(members: ReadonlyMap<string, T>): T;
}

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const CAPITAL_E = 0x45;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const SMALL_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Shared, so that a file of nothing but empty objects fits into memory. */
const EMPTY_OBJECT: ReadonlyMap<string, never> = new Map<string, never>();
const EMPTY_ARRAY: readonly never[] = [];

const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;
const NON_FINITE = ['NaN', 'Infinity', '-Infinity'] as const;

/** Reads one JSON value that fills `text`. Throws `bad-json`; `file` is for its message. */
export function scanJson<T>(text: string, file: string, builder: JsonBuilder<T>): T {
  return new Scanner(text, file, builder).document();
}

/** Reads from left to right; `#at` is the next unit to look at. */
class Scanner<T> {
  readonly #text: string;
  readonly #file: string;
  readonly #builder: JsonBuilder<T>;
  #at = 0;

  constructor(text: string, file: string, builder: JsonBuilder<T>) {
    this.#text = text;
    this.#file = file;
    this.#builder = builder;
  }

  document(): T {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the file');
    return value;
  }

  #value(): T {
    this.#skipSpace();
    const unit = this.#text.charCodeAt(this.#at);
    if (unit === QUOTE) return this.#builder.string(this.#string());
    if (unit === OPEN_BRACE) return this.#object();
    if (unit === OPEN_BRACKET) return this.#array();
    if (isDigit(unit) || (unit === MINUS && isDigit(this.#text.charCodeAt(this.#at + 1)))) return this.#number();
    return this.#literal();
  }

  #object(): T {
    this.#at += 1;
    if (this.#take(CLOSE_BRACE)) return this.#builder.object(EMPTY_OBJECT);
    const members = new Map<string, T>();
    do {
      this.#skipSpace();
      const start = this.#at;
      if (this.#text.charCodeAt(start) !== QUOTE) throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (members.has(key)) throw this.#error('duplicate-key', start, `got the key ${quote(key)} twice`);
      if (!this.#take(COLON)) throw this.#unexpected('":"');
      members.set(key, this.#value());
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACE)) throw this.#unexpected('"," or "}"');
    return this.#builder.object(members);
  }

  #array(): T {
    this.#at += 1;
    if (this.#take(CLOSE_BRACKET)) return this.#builder.array(EMPTY_ARRAY);
    const items: T[] = [];
    do {
      items.push(this.#value());
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACKET)) throw this.#unexpected('"," or "]"');
    return this.#builder.array(items);
  }

  /** Reads a string from its opening quote on. */
  #string(): string {
    const start = this.#at;
    let at = start + 1;
    let escaped = false;
    for (let unit = this.#text.charCodeAt(at); unit !== QUOTE; unit = this.#text.charCodeAt(at)) {
      // Behind the end the unit is NaN, which is not >= 0x20 either.
      if (!(unit >= 0x20)) throw this.#unexpected('a closed string without raw control characters', at);
      if (unit === BACKSLASH) escaped = true;
      at += unit === BACKSLASH ? 2 : 1;
    }
    this.#at = at + 1;
    return escaped ? this.#unescape(start) : this.#text.slice(start + 1, at);
  }

  /** Unescapes the string between `start` and here. The engine's own reader knows the escapes, and only those. */
  #unescape(start: number): string {
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw this.#error('not-json', start, 'expected escapes of JSON, got another one');
    }
    if (!isWellFormed(value)) throw this.#error('lone-surrogate', start, 'got half a surrogate pair');
    return value;
  }

  /** Reads a number; a point or an exponent makes it a float, whatever its value. */
  #number(): T {
    const start = this.#at;
    if (this.#text.charCodeAt(this.#at) === MINUS) this.#at += 1;
    if (this.#text.charCodeAt(this.#at) === ZERO) this.#at += 1;
    else this.#skipDigits();
    const end = this.#at;
    this.#skipFraction();
    this.#skipExponent();
    const literal = this.#text.slice(start, this.#at);
    const isFloat = this.#at > end;
    const spelled = isFloat ? spellFloat(Number(literal)) : spellInteger(literal);
    if (spelled !== undefined) return this.#builder.number(spelled);
    if (isFloat) throw this.#error('non-finite', start, 'expected a float of 64 bits, got a larger one');
    throw this.#error('integer-too-long', start, `expected at most ${MAX_INTEGER_DIGITS} digits`);
  }

  #skipFraction(): void {
    if (this.#text.charCodeAt(this.#at) !== POINT) return;
    this.#at += 1;
    this.#skipDigits();
  }

  #skipExponent(): void {
    const letter = this.#text.charCodeAt(this.#at);
    if (letter !== SMALL_E && letter !== CAPITAL_E) return;
    const sign = this.#text.charCodeAt(this.#at + 1);
    this.#at += sign === PLUS || sign === MINUS ? 2 : 1;
    this.#skipDigits();
  }

  #literal(): T {
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return this.#builder.literal(value);
      }
    }
    const found = NON_FINITE.find((word) => this.#text.startsWith(word, this.#at));
    if (found !== undefined) throw this.#error('non-finite', this.#at, `expected a finite number, got ${found}`);
    throw this.#unexpected('a value');
  }

  /** Skips one digit or more. */
  #skipDigits(): void {
    if (!isDigit(this.#text.charCodeAt(this.#at))) throw this.#unexpected('a digit');
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  /** Skips white space: these four and no other. */
  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at += 1;
    }
  }

  /** Skips white space, then `unit` where it comes next; tells whether it did. */
  #take(unit: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== unit) return false;
    this.#at += 1;
    return true;
  }

  #unexpected(expected: string, at: number = this.#at): RegistryError {
    const found = this.#text.codePointAt(at);
    const got = found === undefined ? 'the end of the file' : quote(String.fromCodePoint(found));
    return this.#error('not-json', at, `expected ${expected}, got ${got}`);
  }

  #error(fault: JsonFault, offset: number, problem: string): RegistryError {
    return jsonError(fault, this.#file, placeOf(this.#text, offset), problem);
  }
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
