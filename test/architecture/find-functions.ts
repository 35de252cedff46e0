/** A function as it stands in a text: a declaration, a method, an arrow, or a type of a function. */
export type FoundFunction = {
  /** What stands before its parameters: its name, `function`, or empty for an arrow in an expression. */
  readonly name: string;
  /** Number of parameters; one destructured object counts as one. */
  readonly parameters: number;
  /** True when it is written where it is used: an argument of a call, or the value of a property. */
  readonly inline: boolean;
  /** First position (of its name, or of its parameters) and the position after it. */
  readonly start: number;
  readonly end: number;
};

const statements = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await']);
const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const wantsOperand = /^(?:keyof|readonly|is|asserts|extends|infer|typeof|unique)$/;

/** Finds every function of a text. @param code the code layer of scan-text: no strings, no comments. */
export function findFunctions(code: string): FoundFunction[] {
  const found: FoundFunction[] = [];
  for (let open = code.indexOf('('); open >= 0; open = code.indexOf('(', open + 1)) {
    const before = /(?:([\w$]+)\s*)?(?:<[^()]*>)?\s*$/.exec(code.slice(Math.max(0, open - 200), open));
    const name = before?.[1] ?? '';
    if (statements.has(name)) continue;
    const close = matching(code, open);
    const end = endOfFunction(code, close);
    if (end === undefined) continue;
    const start = open - (before?.[0].trimStart().length ?? 0);
    const inline = /(?:[(,]|[\w$\]'"]\s*:)\s*(?:async\s*)?$/.test(code.slice(Math.max(0, open - 80), open));
    found.push({ name, parameters: countParameters(code.slice(open + 1, close - 1)), inline, start, end });
  }
  return found;
}

/** The position after the bracket that closes the one at `open`. In types a `>` closes too, but not that of `=>`. */
function matching(code: string, open: number): number {
  const angle = code[open] === '<';
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    const char = code[at] as string;
    if ('([{'.includes(char) || (angle && char === '<')) depth++;
    else if (')]}'.includes(char) || (angle && char === '>' && code[at - 1] !== '=')) depth--;
    if (depth === 0) return at + 1;
  }
  return code.length;
}

/** Where the function ends whose parameters end at `after`; undefined when they are no parameters but a call. */
function endOfFunction(code: string, after: number): number | undefined {
  const at = skipBlank(code, after);
  if (code[at] === '{') return matching(code, at);
  if (code.startsWith('=>', at)) return endOfArrow(code, at + 2);
  return code[at] === ':' ? endAfterReturnType(code, at + 1) : undefined;
}

function endOfArrow(code: string, after: number): number {
  const at = skipBlank(code, after);
  return code[at] === '{' ? matching(code, at) : at;
}

/** Reads a return type operand by operand; a `{` where none is expected opens the body. */
function endAfterReturnType(code: string, from: number): number | undefined {
  let expecting = true;
  let at = from;
  while (at < code.length) {
    const next = skipBlank(code, at);
    const char = code[next] as string;
    if (!expecting && char === '{') return matching(code, next);
    if (!expecting && code.startsWith('=>', next)) return endOfArrow(code, next + 2);
    if (!expecting && code.slice(at, next).includes('\n') && !'|&'.includes(char)) return undefined;
    if ('|&'.includes(char)) {
      expecting = true;
      at = next + 1;
    } else if (closing[char] !== undefined) {
      const end = matching(code, next);
      // `(a: A) => B` as a type: its arrow is no arrow of ours.
      expecting = expecting && char === '(' && code.startsWith('=>', skipBlank(code, end));
      at = expecting ? skipBlank(code, end) + 2 : end;
    } else {
      const word = /^[\w$.]+/.exec(code.slice(next, next + 100))?.[0];
      if (word === undefined) return undefined;
      expecting =
        wantsOperand.test(word) || /^\s+(?:is|extends)\s/.test(code.slice(next + word.length, next + word.length + 12));
      at = next + word.length;
    }
  }
  return undefined;
}

function countParameters(list: string): number {
  let depth = 0;
  let count = 0;
  let current = '';
  for (const [index, char] of [...list].entries()) {
    if ('([{<'.includes(char)) depth++;
    else if (')]}'.includes(char) || (char === '>' && list[index - 1] !== '=')) depth--;
    if (char === ',' && depth === 0) {
      if (isParameter(current)) count++;
      current = '';
    } else current += char;
  }
  return isParameter(current) ? count + 1 : count;
}

function isParameter(text: string): boolean {
  return text.trim() !== '' && !/^\s*this\s*:/.test(text);
}

function skipBlank(code: string, from: number): number {
  let at = from;
  while (at < code.length && /\s/.test(code[at] as string)) at++;
  return at;
}
