/** Texts as scalars of YAML and JSON. */
import type { TextEdit } from 'vscode-languageserver/node';
import { parseDocument } from '../../../../definitions/document.ts';
import { isRecord } from '../../../../definitions/values.ts';
import type { Spot } from '../names/spot.ts';

export type Quote = '"' | "'" | null;

/** The text as a scalar in these quotes; without quotes only if it reads back as the same text everywhere a scalar may stand. */
export function scalarText(text: string, quote: Quote): string {
  if (quote === null && isPlain(text)) return text;
  if (quote === "'" && !/[\u0000-\u001f\u007f]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text);
}

/** What most names are; for a list of five hundred the parser would take as many milliseconds. */
const simpleWord = /^[A-Za-z_][\w-]*$/;
const otherThanText = /^(?:true|false|null)$/i;

/** True if the text without quotes is that text, as an entry of a list, as a key and as a value, in brackets and outside. */
export function isPlain(text: string): boolean {
  if (simpleWord.test(text) && !otherThanText.test(text)) return true;
  if (text === '' || text.trim() !== text || text.includes('\n')) return false;
  const { isReadable, value } = parseDocument(
    '',
    `- [${text}]\n- {${text}: ${text}}\n- ${text}: ${text}\n- ${text}`,
  );
  if (!isReadable || !Array.isArray(value) || value.length !== 4) return false;
  const [list, flow, block, entry] = value as unknown[];
  const isPair = (map: unknown) => isRecord(map) && map[text] === text && Object.keys(map).length === 1;
  return (
    entry === text &&
    Array.isArray(list) &&
    list.length === 1 &&
    list[0] === text &&
    isPair(flow) &&
    isPair(block)
  );
}

/** Puts another name at a spot: the name alone if it can stand there as it is, else the scalar written anew. */
export function replaceName({ range, scalar, around }: Spot, written: string, name: string): TextEdit {
  const quote = quoteOf(written);
  if (around === null) return { range: scalar, newText: scalarText(name, quote) };
  const text = `${around.before}${name}${around.after}`;
  const isSame = scalarText(text, quote) === `${quote ?? ''}${text}${quote ?? ''}`;
  return isSame ? { range, newText: name } : { range: scalar, newText: scalarText(text, quote) };
}

/** The quotes a scalar is written in. */
export function quoteOf(written: string): Quote {
  return written.startsWith('"') ? '"' : written.startsWith("'") ? "'" : null;
}
