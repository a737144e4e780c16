/**
 * A server that speaks TDS, over real sockets: it logs in, takes batches, bulk rows and attention signals, and answers what a test
 * tells it to. It does not understand SQL; it stands in for SQL Server's protocol, not for its engine.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  columnsToken,
  doneStatus,
  doneToken,
  errorToken,
  loginToken,
  preloginAnswer,
  rowToken,
  type TdsColumn,
  type TdsValue,
} from './tdsTokens.ts';
import { TdsTls, type TdsCertificate } from './tdsTls.ts';

export type TdsAnswer =
  | { readonly columns: readonly TdsColumn[]; readonly rows: readonly (readonly TdsValue[])[] }
  | { readonly error: readonly [number: number, message: string] }
  /** Nothing, until the client gives up. */
  | 'silence'
  /** The connection ends. */
  | 'gone'
  | { readonly stored: number };

export interface TdsLogin {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly application: string;
  readonly isReadIntent: boolean;
}

const packetTypes = { batch: 1, attention: 6, bulk: 7, login: 16, prelogin: 18, answer: 4 } as const;
const headerBytes = 8;
const packetBytes = 4096;

export class TdsServer {
  readonly statements: string[] = [];
  readonly logins: TdsLogin[] = [];
  readonly bulkRows: (string | null)[][] = [];
  attentions = 0;
  /** The answer to a batch; undefined: done, without rows. */
  answer: (sql: string) => TdsAnswer | undefined = () => undefined;
  refuses: readonly [number: number, message: string] | undefined;
  /** With one, every client has to encrypt. */
  certificate: TdsCertificate | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #owed = new Set<Duplex>();
  readonly #waiting: { readonly text: RegExp; readonly resolve: () => void }[] = [];

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Settles when every client has gone. */
  async abandoned(): Promise<void> {
    for (const socket of this.#sockets) if (!socket.closed) await once(socket, 'close');
  }

  /** Settles when a statement of this form has arrived. */
  async received(text: RegExp): Promise<void> {
    if (this.statements.some((statement) => text.test(statement))) return;
    await new Promise<void>((resolve) => this.#waiting.push({ text, resolve }));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let tls: TdsTls | undefined;
    const parse = messagesOf((type, message) => {
      if (type !== packetTypes.prelogin) return this.#take(socket, type, message);
      if (tls !== undefined) return tls.handshake(message);
      send(socket, preloginAnswer(this.certificate !== undefined));
      if (this.certificate === undefined) return;
      tls = new TdsTls(socket, this.certificate, (bytes) => send(socket, bytes));
      tls.clear.on(
        'data',
        messagesOf((...whole) => this.#take(tls?.clear ?? socket, ...whole)),
      );
    });
    socket.on('data', (data) => {
      if (tls?.isSecure === true) tls.encrypted(data);
      else parse(data);
    });
  }

  #take(socket: Duplex, type: number, message: Buffer): void {
    switch (type) {
      case packetTypes.login:
        return this.#login(socket, message);
      case packetTypes.batch:
        return this.#batch(socket, message);
      case packetTypes.bulk:
        return this.#bulk(socket, message);
      case packetTypes.attention:
        this.attentions += 1;
        // An answer that is still owed ends first, as a message of its own; then comes the confirmation.
        if (this.#owed.delete(socket)) send(socket, doneToken(doneStatus.error));
        return send(socket, doneToken(doneStatus.attention));
      default:
        socket.destroy(new Error(`a message of type ${type}`));
    }
  }

  #login(socket: Duplex, message: Buffer): void {
    this.logins.push(loginOf(message));
    if (this.refuses === undefined) return send(socket, loginToken(), doneToken(doneStatus.final));
    send(socket, errorToken(...this.refuses), doneToken(doneStatus.error));
  }

  #batch(socket: Duplex, message: Buffer): void {
    // ALL_HEADERS: their length is the first number.
    const sql = message.subarray(message.readUInt32LE(0)).toString('utf16le');
    this.statements.push(sql);
    const answer = this.answer(sql);
    for (const { text, resolve } of this.#waiting) if (text.test(sql)) resolve();
    if (answer === 'silence') return void this.#owed.add(socket);
    if (answer === 'gone') return void socket.destroy();
    if (answer === undefined) return send(socket, doneToken(doneStatus.final));
    if ('error' in answer) return send(socket, errorToken(...answer.error), doneToken(doneStatus.error));
    if ('stored' in answer) return send(socket, doneToken(doneStatus.count, answer.stored));
    const { columns, rows } = answer;
    send(
      socket,
      columnsToken(columns),
      ...rows.map((row) => rowToken(columns, row)),
      doneToken(doneStatus.count, rows.length),
    );
  }

  #bulk(socket: Duplex, message: Buffer): void {
    const rows = bulkRowsOf(message);
    this.bulkRows.push(...rows);
    send(socket, doneToken(doneStatus.count, rows.length));
  }
}

/** Takes bytes as they come and tells whole messages. */
function messagesOf(take: (type: number, message: Buffer) => void): (data: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let message: Buffer[] = [];
  return (data) => {
    pending = Buffer.concat([pending, data]);
    while (pending.length >= headerBytes) {
      const length = pending.readUInt16BE(2);
      if (pending.length < length) return;
      const [type = 0, status = 0] = pending;
      message.push(pending.subarray(headerBytes, length));
      pending = pending.subarray(length);
      if ((status & 1) === 0) continue;
      const whole = Buffer.concat(message);
      message = [];
      take(type, whole);
    }
  };
}

function send(socket: Duplex, ...tokens: readonly Buffer[]): void {
  const payload = Buffer.concat(tokens);
  const room = packetBytes - headerBytes;
  for (let at = 0; at < payload.length; at += room) {
    const data = payload.subarray(at, at + room);
    const header = Buffer.alloc(headerBytes);
    header[0] = packetTypes.answer;
    header[1] = at + room >= payload.length ? 1 : 0;
    header.writeUInt16BE(data.length + headerBytes, 2);
    header[6] = ((at / room) % 255) + 1;
    socket.write(Buffer.concat([header, data]));
  }
}

function loginOf(message: Buffer): TdsLogin {
  const field = (at: number): Buffer => {
    const start = message.readUInt16LE(at);
    return message.subarray(start, start + message.readUInt16LE(at + 2) * 2);
  };
  const text = (at: number): string => field(at).toString('utf16le');
  const hidden = Buffer.from(field(44));
  for (const [index, byte] of hidden.entries()) {
    const plain = byte ^ 0xa5;
    hidden[index] = ((plain << 4) | (plain >> 4)) & 0xff;
  }
  return {
    user: text(40),
    password: hidden.toString('utf16le'),
    application: text(48),
    database: text(68),
    isReadIntent: ((message[26] ?? 0) & 0x20) !== 0,
  };
}

const bulkRow = 0xd1;
const nullLength = 0xffff;

/** Rows of NVARCHAR columns of a limited length, as a bulk load sends them. */
function bulkRowsOf(message: Buffer): (string | null)[][] {
  const columns = message.readUInt16LE(1);
  let at = 3;
  for (let index = 0; index < columns; index += 1) {
    if (message[at + 6] !== 0xe7) throw new Error(`a bulk column of type ${message[at + 6]}`);
    at += 4 + 2 + 1 + 2 + 5;
    at += 1 + (message[at] ?? 0) * 2;
  }
  const rows: (string | null)[][] = [];
  while (message[at] === bulkRow) {
    at += 1;
    const row: (string | null)[] = [];
    for (let index = 0; index < columns; index += 1) {
      const length = message.readUInt16LE(at);
      at += 2;
      row.push(length === nullLength ? null : message.subarray(at, at + length).toString('utf16le'));
      if (length !== nullLength) at += length;
    }
    rows.push(row);
  }
  return rows;
}
