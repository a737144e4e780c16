import type { FieldPacket } from 'mysql2';
import type { MysqlField } from '../validation/mysqlTypes.ts';
import type { Value } from './connection.ts';
import { floatText } from './numberText.ts';

/** A column of a result, out of what the driver read of it. */
export function fieldOf(packet: FieldPacket): MysqlField {
  // Numbers the driver's types leave optional are in every packet.
  const raw = packet as FieldPacket & {
    extendedTypeName?: string;
    extendedFormat?: string;
    characterSet?: number;
    columnType?: number;
    columnLength?: number;
  };
  const extended = raw.extendedFormat === 'json' ? 'json' : raw.extendedTypeName;
  return {
    name: raw.name,
    column_type: raw.columnType ?? 0,
    flags: Number(raw.flags),
    length: raw.columnLength ?? 0,
    decimals: raw.decimals ?? 0,
    character_set: raw.characterSet ?? 0,
    ...(extended !== undefined && { extended_type: extended }),
  };
}

const floatType = 4;
const bitType = 16;

/** What the driver made of a value, as text: numbers exact, bytes as hexadecimal, bits as the number they are. */
export function readerOf({ column_type }: MysqlField): (value: unknown) => Value {
  return (value) => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'number') return floatText(value, column_type === floatType ? 32 : 64);
    if (typeof value === 'string') return value;
    if (!Buffer.isBuffer(value)) throw new Error(`a value of the driver is ${typeof value}`);
    const hex = value.toString('hex');
    return column_type === bitType ? String(BigInt(`0x${hex}`)) : hex;
  };
}
