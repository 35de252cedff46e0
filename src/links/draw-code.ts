import { encodeQR } from 'qr';

/** Free space around a code, in modules, that readers need (ISO/IEC 18004, section 6.3.8). */
const quietZone = 4;

/**
 * Draws an address as a QR code (ISO/IEC 18004): an SVG image of black squares on a white ground, so that it can be read on a
 * dark page too. A quarter of it may be soiled or covered (error correction level Q).
 */
export function drawCode(address: string): string {
  const rows = encodeQR(address, 'raw', { ecc: 'quartile', border: quietZone });
  const bars = rows.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? '1' : '0'))
        .join('')
        .matchAll(/1+/g),
    ].map(({ index, 0: bar }) => `M${index} ${y}h${bar.length}v1h-${bar.length}z`),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${rows.length} ${rows.length}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${rows.length}v${rows.length}h-${rows.length}z"/><path d="${bars.join('')}"/></svg>`;
}
