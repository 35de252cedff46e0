/**
 * One source text cut into three layers of the same length and the same lines, so that a rule about code never trips
 * over a comment or a string, and a position found in one layer is the same position in the file.
 */
export type Layers = {
  /** Code only: comments, and what stands between quotes, are blank. */
  readonly code: string;
  /** Only what stands between quotes; interpolated code is blank. */
  readonly literals: string;
  /** Only comments. */
  readonly comments: string;
};

type Kind = 'code' | 'literal' | 'comment';

type Span = { readonly end: number; readonly kind: Kind };

// After these a slash opens a regular expression; after any other word, or a closing bracket, it divides.
const beforeRegex = /(?:^|[([{},;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|yield|throw|void))\s*$/;

/** Cuts a TypeScript text into layers. It knows strings, templates (nested ones too), comments and regular expressions. */
export function scanText(text: string): Layers {
  const kinds: Kind[] = new Array(text.length).fill('code');
  // One entry for each template we are inside: how many braces are open in its present interpolation.
  const templates: number[] = [];
  let at = 0;
  while (at < text.length) {
    const span = nextSpan(text, at, templates);
    if (span.kind !== 'code') kinds.fill(span.kind, at, span.end);
    at = span.end;
  }
  const layer = (kind: Kind) => text.replace(/[^\n]/g, (char, index: number) => (kinds[index] === kind ? char : ' '));
  return { code: layer('code'), literals: layer('literal'), comments: layer('comment') };
}

function nextSpan(text: string, at: number, templates: number[]): Span {
  const char = text[at];
  if (char === '/' && text[at + 1] === '/') return { end: until(text, '\n', at), kind: 'comment' };
  if (char === '/' && text[at + 1] === '*') return { end: until(text, '*/', at + 2) + 2, kind: 'comment' };
  if (char === "'" || char === '"') return { end: endOfQuoted(text, at), kind: 'literal' };
  if (char === '/' && beforeRegex.test(text.slice(Math.max(0, at - 40), at))) {
    return { end: endOfRegex(text, at), kind: 'literal' };
  }
  if (char === '`') {
    templates.push(0);
    return templatePart(text, at + 1, templates);
  }
  if (templates.length > 0 && (char === '{' || char === '}')) return braceInTemplate(text, at, templates);
  return { end: at + 1, kind: 'code' };
}

function braceInTemplate(text: string, at: number, templates: number[]): Span {
  const open = templates.pop() ?? 0;
  if (text[at] === '}' && open === 1) {
    templates.push(0);
    return templatePart(text, at + 1, templates);
  }
  templates.push(text[at] === '{' ? open + 1 : open - 1);
  return { end: at + 1, kind: 'code' };
}

/** Takes template text up to its closing quote, or to an interpolation, whose `${` belongs to the literal. */
function templatePart(text: string, from: number, templates: number[]): Span {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`') {
      templates.pop();
      return { end: at + 1, kind: 'literal' };
    } else if (text[at] === '$' && text[at + 1] === '{') {
      templates[templates.length - 1] = 1;
      return { end: at + 2, kind: 'literal' };
    }
  }
  return { end: text.length, kind: 'literal' };
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[start]) return at + 1;
  }
  return until(text, '\n', start);
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1 + flagsAfter(text, at).length;
  }
  return start + 1;
}

function flagsAfter(text: string, slash: number): string {
  return /^[a-z]*/.exec(text.slice(slash + 1, slash + 10))?.[0] ?? '';
}

function until(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}
