import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

export interface TdsCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate that nobody vouches for, as a server makes one for itself. */
export function selfSigned(name: string): TdsCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-certificate-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...args, ...subject], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** TLS as TDS has it: the handshake travels inside of PRELOGIN messages, everything behind it goes as it is. */
export class TdsTls {
  /** Where the messages of the client arrive and answers go. */
  readonly clear: TLSSocket;
  isSecure = false;
  readonly #wire: Duplex;

  constructor(socket: Socket, certificate: TdsCertificate, answer: (bytes: Buffer) => void) {
    const owed: Buffer[] = [];
    this.#wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        if (this.isSecure) return void socket.write(chunk, done);
        // One answer for each message of the client: what belongs together goes together.
        if (owed.push(chunk) === 1) setImmediate(() => answer(Buffer.concat(owed.splice(0))));
        done();
      },
    });
    this.clear = new TLSSocket(this.#wire, { isServer: true, ...certificate, maxVersion: 'TLSv1.2' });
    this.clear.on('error', () => socket.destroy());
    this.clear.once('secure', () => {
      setImmediate(() => {
        this.isSecure = true;
      });
    });
  }

  handshake(bytes: Buffer): void {
    this.#wire.push(bytes);
  }

  encrypted(bytes: Buffer): void {
    this.#wire.push(bytes);
  }
}
