import { describe, expect, it } from 'vitest';
import { findFunctions } from './find-functions.ts';
import { scanText } from './scan-text.ts';
import { toSourceFile } from './source-files.ts';

const functionsOf = (text: string) => findFunctions(scanText(text).code);

describe('The scanner', () => {
  it('tells code, text and comments apart, through nested templates', () => {
    const { code, literals, comments } = scanText(`a(\`b \${c(\`d \${e}\`)} f\`); // g\n/* h */ i`);
    expect(code.replace(/ /g, '')).toBe('a(c(e));\ni');
    expect(literals.replace(/ /g, '')).toBe(`\`b\${\`d\${}\`}f\`\n`);
    expect(comments.replace(/ /g, '')).toBe('//g\n/*h*/');
  });

  it('keeps every position where it was', () => {
    const text = "const a = 'x // y'; // z\nconst b = /[/'\"]/.test(a) ? 4 / 2 / 1 : `\n`;\n";
    for (const layer of Object.values(scanText(text))) {
      expect(layer.length).toBe(text.length);
      expect(layer.split('\n').length).toBe(text.split('\n').length);
    }
  });

  it.each([
    ["const a = 'it\\'s // no comment';", 'const a = ;'],
    ['const b = /\\/\'[/"]/gi;', 'const b = ;'],
    ['const c = total / count / 2;', 'const c = total / count / 2;'],
    ["return /'/.test(d)", 'return .test(d)'],
    [`const e = \`\${{ f: 1 }.f}\` + g;`, 'const e = { f: 1 }.f + g;'],
  ])('sees the code in %s', (text, code) => {
    expect(scanText(text).code.replace(/ +/g, ' ')).toBe(code);
  });
});

describe('The search for functions', () => {
  it.each([
    ['export async function run<T>(a: A, b: { c: C; d: D }, e = f(1, 2)): Promise<{ g: G }> {\n}', 'run', 3],
    ['const run = async (a: A, { b, c }: D, e?: (f: F, g: G) => H, ...i: I[]): Promise<void> => {\n};', '', 4],
    ['class A { run(this: A, a: Map<B, C>,\n) {\n} }', 'run', 1],
    ['function isA(a: unknown): a is A {\n}', 'isA', 1],
    ['function make(): (a: A) => B {\n}', 'make', 0],
    ['function pick(a: A): { b: B } | undefined {\n}', 'pick', 1],
    ['function list(a: A): readonly B[] {\n}', 'list', 1],
    ['const f = (a: A): B => a;', '', 1],
  ])('finds %s', (text, name, parameters) => {
    expect(functionsOf(text)[0]).toMatchObject({ name: name === '' ? expect.any(String) : name, parameters });
  });

  it.each([
    'if (a) {\n}',
    'for (const a of b) {\n}',
    'for await (const a of b) {\n}',
    'switch (a) {\n}',
    'try {} catch (a) {\n}',
    'run(a, b, c, d);',
    'const a = b ? run(a, b, c, d) : { e };',
    'const a = b ? run(a, b, c, d) : e;\nif (f) {\n}',
  ])('takes %s for no function', (text) => {
    expect(functionsOf(text)).toEqual([]);
  });

  it('ends a function at its own last brace', () => {
    const text = 'function a() {\n  if (b) {\n    c();\n  }\n}\nd();';
    expect(functionsOf(text).map(({ end }) => text.slice(0, end))).toEqual([text.slice(0, -5)]);
  });
});

describe('The search for imports', () => {
  const imports = (text: string) => toSourceFile('src/payments/graphql.ts', text).imports;

  it('resolves relative imports and tells types from values', () => {
    const text = [
      "import { a, type B } from '../kernel/ids.ts';",
      "import type { C } from './model.ts';",
      "import {\n  type D,\n  type E,\n} from './store.ts';",
      "export * from 'graphql';",
      "import './side-effect.ts';",
      "const f = await import('./late.ts');",
    ].join('\n');
    expect(imports(text).map(({ target, specifier, typeOnly, line }) => [target ?? specifier, typeOnly, line])).toEqual(
      [
        ['src/kernel/ids.ts', false, 1],
        ['src/payments/model.ts', true, 2],
        ['src/payments/store.ts', true, 3],
        ['graphql', false, 7],
        ['src/payments/side-effect.ts', false, 8],
        ['src/payments/late.ts', false, 9],
      ],
    );
  });

  it('sees no import in a text or a comment', () => {
    expect(imports("// import { a } from 'a';\nconst b = `\nimport { c } from 'c';\n`;")).toEqual([]);
  });
});
