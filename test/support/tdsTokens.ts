/**
 * The tokens of MS-TDS 7.4 that a server answers with, written from the specification, not with the driver's own code: what a test
 * reads through the driver has really been through the wire format.
 */
export type TdsType =
  | 'text'
  | 'varbinary'
  | 'float'
  | 'real'
  | 'int'
  | 'bigint'
  | 'bit'
  | 'money'
  | `decimal(${number},${number})`
  | `datetime2(${number})`;

export interface TdsColumn {
  readonly name: string;
  readonly type: TdsType;
}

/** Numbers beyond a double and moments are given as text. */
export type TdsValue = string | number | boolean | Buffer | null;

const collation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);
const nullPlp = Buffer.alloc(8, 0xff);

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le');
export function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}
function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
function littleEndian(value: bigint, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let index = 0, rest = value; index < length; index += 1, rest >>= 8n)
    buffer[index] = Number(rest & 0xffn);
  return buffer;
}
const shortText = (text: string): Buffer => Buffer.concat([bytes(text.length), ucs2(text)]);
const longText = (text: string): Buffer => Buffer.concat([uint16(text.length), ucs2(text)]);

function precisionOf(type: string): number[] {
  return (/\((.*)\)/.exec(type)?.[1] ?? '').split(',').map(Number);
}

function typeInfo(type: TdsType): Buffer {
  if (type.startsWith('decimal')) return bytes(0x6a, 17, ...precisionOf(type));
  if (type.startsWith('datetime2')) return bytes(0x2a, ...precisionOf(type));
  switch (type) {
    case 'text':
      return Buffer.concat([bytes(0xe7, 0xff, 0xff), collation]);
    case 'varbinary':
      return bytes(0xa5, 0xff, 0xff);
    case 'float':
      return bytes(0x6d, 8);
    case 'real':
      return bytes(0x6d, 4);
    case 'int':
      return bytes(0x26, 4);
    case 'bigint':
      return bytes(0x26, 8);
    case 'bit':
      return bytes(0x68, 1);
    case 'money':
      return bytes(0x6e, 8);
  }
  throw new Error(`no type ${type}`);
}

/** Partially length-prefixed: in two chunks, as a server may send any long value. */
function plp(data: Buffer): Buffer {
  const half = data.length >> 1;
  const chunks = [data.subarray(0, half), data.subarray(half)].filter(({ length }) => length > 0);
  return Buffer.concat([
    littleEndian(BigInt(data.length), 8),
    ...chunks.flatMap((chunk) => [uint32(chunk.length), chunk]),
    uint32(0),
  ]);
}

function valueOf(type: TdsType, value: TdsValue): Buffer {
  if (type === 'text') return value === null ? nullPlp : plp(ucs2(String(value)));
  if (type === 'varbinary') return value === null ? nullPlp : plp(value as Buffer);
  if (value === null) return bytes(0);
  const data = fixedValue(type, value);
  return Buffer.concat([bytes(data.length), data]);
}

function fixedValue(type: TdsType, value: Exclude<TdsValue, null>): Buffer {
  if (type.startsWith('decimal')) {
    const text = String(value);
    const magnitude = BigInt(text.replace(/[-.]/g, ''));
    return Buffer.concat([bytes(text.startsWith('-') ? 0 : 1), littleEndian(magnitude, 16)]);
  }
  if (type.startsWith('datetime2')) return momentOf(String(value), precisionOf(type)[0] ?? 7);
  const buffer = Buffer.alloc(type === 'real' || type === 'int' ? 4 : 8);
  switch (type) {
    case 'float':
      buffer.writeDoubleLE(Number(value));
      return buffer;
    case 'real':
      buffer.writeFloatLE(Number(value));
      return buffer;
    case 'int':
      buffer.writeInt32LE(Number(value));
      return buffer;
    case 'bigint':
      buffer.writeBigInt64LE(BigInt(String(value)));
      return buffer;
    case 'bit':
      return bytes(value === true ? 1 : 0);
    case 'money': {
      const units = BigInt(String(value).replace('.', ''));
      buffer.writeInt32LE(Number(units >> 32n), 0);
      buffer.writeUInt32LE(Number(units & 0xffffffffn), 4);
      return buffer;
    }
    default:
      throw new Error(`no value of ${type}`);
  }
}

const dayMs = 86_400_000;

function momentOf(text: string, scale: number): Buffer {
  const [day = '', clock = '0:0:0'] = text.split(' ');
  const [hours = '0', minutes = '0', rest = '0'] = clock.split(':');
  const [seconds = '0', fraction = ''] = rest.split('.');
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const units =
    BigInt(whole) * 10n ** BigInt(scale) + BigInt(fraction.padEnd(scale, '0').slice(0, scale) || '0');
  const days = Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse('0001-01-01T00:00:00Z')) / dayMs);
  return Buffer.concat([
    littleEndian(units, scale <= 2 ? 3 : scale <= 4 ? 4 : 5),
    littleEndian(BigInt(days), 3),
  ]);
}

export function columnsToken(columns: readonly TdsColumn[]): Buffer {
  return Buffer.concat([
    bytes(0x81),
    uint16(columns.length),
    ...columns.flatMap(({ name, type }) => [uint32(0), uint16(0x09), typeInfo(type), shortText(name)]),
  ]);
}

export function rowToken(columns: readonly TdsColumn[], row: readonly TdsValue[]): Buffer {
  return Buffer.concat([bytes(0xd1), ...columns.map(({ type }, index) => valueOf(type, row[index] ?? null))]);
}

export const doneStatus = { final: 0x00, error: 0x02, count: 0x10, attention: 0x20 } as const;

export function doneToken(status: number, rows = 0): Buffer {
  return Buffer.concat([bytes(0xfd), uint16(status), uint16(0xc1), littleEndian(BigInt(rows), 8)]);
}

export function errorToken(number: number, message: string): Buffer {
  const body = Buffer.concat([
    uint32(number),
    bytes(1, 16),
    longText(message),
    shortText('fake'),
    shortText(''),
    uint32(1),
  ]);
  return Buffer.concat([bytes(0xaa), uint16(body.length), body]);
}

export function loginToken(): Buffer {
  const body = Buffer.concat([
    bytes(1, 0x74, 0, 0, 4),
    shortText('Microsoft SQL Server'),
    bytes(16, 0, 0x10, 0),
  ]);
  return Buffer.concat([bytes(0xad), uint16(body.length), body]);
}

/** VERSION, and ENCRYPTION: required, or not supported. */
export function preloginAnswer(isEncrypted: boolean): Buffer {
  return bytes(0x00, 0, 11, 0, 6, 0x01, 0, 17, 0, 1, 0xff, 16, 0, 0x10, 0, 0, 0, isEncrypted ? 0x03 : 0x02);
}
