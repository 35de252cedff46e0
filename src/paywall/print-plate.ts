import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { drawPlate, type Plate } from './pages/plates.ts';

const require = createRequire(import.meta.url);
const program = require.resolve('@resvg/resvg-wasm/index_bg.wasm');
/** The font that comes with us, since a server may have none; it has the letters of ASCII, which is all that plates have. */
const font = require.resolve('@fontsource/inter/files/inter-latin-600-normal.woff2');

/** The program that draws can be loaded once in a process. */
let loaded: Promise<Uint8Array> | undefined;

async function load(): Promise<Uint8Array> {
  const [bytes, letters] = await Promise.all([readFile(program), readFile(font)]);
  await initWasm(bytes);
  return letters;
}

/**
 * Prints a plate as a PNG of 192 by 96 pixels, in the font that comes with us. The first call loads
 * the program that draws, so that a gateway that nobody asks for pictures never does.
 */
export async function printPlate(plate: Plate): Promise<Uint8Array<ArrayBuffer>> {
  loaded ??= load().catch((error: unknown) => {
    // Files that could not be read are tried again with the next picture.
    loaded = undefined;
    throw error;
  });
  const fontBuffers = [await loaded];
  const drawing = new Resvg(drawPlate(plate), {
    fitTo: { mode: 'width', value: 192 },
    font: { fontBuffers, defaultFontFamily: 'Inter' },
  });
  const image = drawing.render();
  try {
    return Uint8Array.from(image.asPng());
  } finally {
    image.free();
    drawing.free();
  }
}
