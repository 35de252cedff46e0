/**
 * How often a property is tried. `RUNS` in the environment asks for another number than usual, and then each time for
 * new histories; without it they are always the same, so that a test that was green stays green.
 */
export function runs(usual: number): { readonly numRuns: number; readonly seed?: number } {
  const asked = Number(process.env.RUNS ?? 0);
  return asked > 0 ? { numRuns: asked } : { numRuns: usual, seed: 1 };
}
