/**
 * Writes a text as the content of an element or a quoted attribute of XML 1.0: its five marks are escaped, and characters that
 * XML cannot hold at all (section 2.2) are left out.
 */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
