/** What the server remembers of documents it has parsed. */
type DocumentCache<Value> = {
  get(text: string): Value | undefined;
  set(text: string, value: Value): void;
};

/** Longer documents are parsed each time: parsing is cheap, and anybody may send one, key or not. */
const textLengthMax = 8_192;

/** Makes a cache of the documents that were used last, small enough that strangers cannot fill the memory with it. */
export function createDocumentCache<Value>(documentsMax: number): DocumentCache<Value> {
  const documents = new Map<string, Value>();
  return {
    get: (text) => {
      const value = documents.get(text);
      if (value === undefined) return undefined;
      documents.delete(text);
      documents.set(text, value);
      return value;
    },
    set: (text, value) => {
      if (text.length > textLengthMax) return;
      documents.set(text, value);
      const oldest = documents.size > documentsMax ? documents.keys().next().value : undefined;
      if (oldest !== undefined) documents.delete(oldest);
    },
  };
}
