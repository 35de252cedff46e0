import sax from 'sax';
import { InvalidInput } from '../kernel/errors.ts';

/** An element of an XML file with all that is in it, and the line on which it begins. */
export type XmlElement = {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly line: number;
  readonly children: XmlElement[];
  text: string;
};

/** No file of a bank goes half as deep. */
const depthMax = 50;

/**
 * Reads an XML file piece by piece, so that only one piece is in memory at a time. A document type is refused, and with it all
 * entities but those of XML itself: nothing can be expanded, and nothing fetched.
 * @param take gets each element with one of these names once it has ended; its parent does not keep it.
 * @returns the root element with all that was not taken.
 * @throws InvalidInput naming the line when it is no well-formed XML.
 */
export function parseXml(
  text: string,
  take: { readonly names: ReadonlySet<string>; readonly each: (element: XmlElement) => void },
): XmlElement {
  const parser = sax.parser(true, { xmlns: true, position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  const place = (): string => `Line ${parser.line + 1}`;
  parser.onerror = (error) => {
    throw new InvalidInput(`${place()}: this is no well-formed XML (${error.message.split('\n')[0]}).`);
  };
  parser.ondoctype = () => {
    throw new InvalidInput(`${place()}: the file has a document type, which no file of a bank needs; it is not read.`);
  };
  parser.onopentag = (tag) => {
    const element = elementOf(tag as sax.QualifiedTag, parser.line + 1);
    if (open.length >= depthMax) throw new InvalidInput(`${place()}: the elements stand in each other too deep.`);
    root ??= element;
    open.push(element);
  };
  const addText = (part: string): void => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const element = open.pop();
    if (!element) return;
    if (take.names.has(element.name)) take.each(element);
    else open.at(-1)?.children.push(element);
  };
  parser.write(text).close();
  if (!root) throw new InvalidInput('Line 1: the file is empty.');
  return root;
}

function elementOf({ local, uri, attributes }: sax.QualifiedTag, line: number): XmlElement {
  const values = Object.values(attributes).map((attribute) => [attribute.local, attribute.value] as const);
  return { name: local, namespace: uri, attributes: Object.fromEntries(values), line, children: [], text: '' };
}

/** All elements at a path below an element: `NtryDtls/TxDtls`. */
export function findAll(element: XmlElement, path: string): readonly XmlElement[] {
  return path
    .split('/')
    .reduce<readonly XmlElement[]>(
      (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [element],
    );
}

/** The first element at one of these paths. */
export function findFirst(element: XmlElement, ...paths: readonly string[]): XmlElement | undefined {
  return paths.map((path) => findAll(element, path)[0]).find((found) => found !== undefined);
}

/** The text of the first element at one of these paths that has one. */
export function textAt(element: XmlElement, ...paths: readonly string[]): string | undefined {
  return paths.map((path) => findAll(element, path)[0]?.text.trim()).find((text) => text !== undefined && text !== '');
}
