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
  const values: Record<string, string> = {};
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute) values[attribute.local] = attribute.value;
  }
  return { name: local, namespace: uri, attributes: values, line, children: [], text: '' };
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
  for (const path of paths) {
    const found = firstAt(element, namesIn(path), 0);
    if (found) return found;
  }
  return undefined;
}

/** The text of the first element at one of these paths that has one. */
export function textAt(element: XmlElement, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = firstAt(element, namesIn(path), 0)?.text.trim();
    if (text) return text;
  }
  return undefined;
}

/** The paths are few, and each is asked for with every movement of a file. */
const splitPaths = new Map<string, readonly string[]>();

function namesIn(path: string): readonly string[] {
  const known = splitPaths.get(path);
  if (known) return known;
  const names = path.split('/');
  splitPaths.set(path, names);
  return names;
}

function firstAt(element: XmlElement, names: readonly string[], depth: number): XmlElement | undefined {
  for (const child of element.children) {
    if (child.name !== names[depth]) continue;
    const found = depth === names.length - 1 ? child : firstAt(child, names, depth + 1);
    if (found) return found;
  }
  return undefined;
}
