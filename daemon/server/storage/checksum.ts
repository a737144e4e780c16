/** Journal lines: one JSON object a line, whose last field `crc` is the CRC-32 of the text before it. */
import * as zlib from 'node:zlib';

let table: Uint32Array | undefined;
function crcTable(): Uint32Array {
  if (table !== undefined) return table;
  table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    table[byte] = value >>> 0;
  }
  return table;
}

type Crc32 = (data: string | Uint8Array, before?: number) => number;

/** CRC-32 (IEEE) of bytes or of a text's UTF-8, going on from `before`; for a Node without zlib.crc32 (before 20.15). */
export const crc32InScript: Crc32 = (data, before = 0) => {
  const lookup = crcTable();
  let crc = ~before >>> 0;
  for (const byte of typeof data === 'string' ? Buffer.from(data) : data)
    crc = (lookup[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
};

// A namespace import, because a named one would be a link error where the function is missing.
export const crc32: Crc32 = (zlib as { crc32?: Crc32 }).crc32 ?? crc32InScript;

/** A checksum as files hold it: eight hexadecimal digits. */
export function hexOf(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

const tailLength = ',"crc":"00000000"}'.length;
const tailPattern = /^,"crc":"([0-9a-f]{8})"\}$/;

/** One line, newline included. `record` must have at least one field. */
export function encodeLine(record: object): string {
  const body = JSON.stringify(record).slice(0, -1);
  return `${body},"crc":"${hexOf(crc32(body))}"}\n`;
}

/** The record of a line (without its newline), or undefined if a byte of it is not what was written. */
export function decodeLine(line: string): unknown {
  const body = line.slice(0, -tailLength);
  const found = tailPattern.exec(line.slice(-tailLength))?.[1];
  if (found === undefined || parseInt(found, 16) !== crc32(body)) return undefined;
  try {
    return JSON.parse(`${body}}`);
  } catch {
    return undefined;
  }
}
