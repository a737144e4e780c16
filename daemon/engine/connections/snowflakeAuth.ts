import { createHash, createPrivateKey, createPublicKey, createSign, type KeyObject } from 'node:crypto';
import type { SnowflakeDefinition } from '../../protocol/files/connections.ts';
import { EngineError } from '../errors.ts';

/** A token of a key pair is good for an hour at most; ours are made anew before that. */
const lifetimeSeconds = 3540;
const renewalSeconds = 300;

/** The headers that say who asks. */
export type Authorization = () => {
  readonly Authorization: string;
  readonly 'X-Snowflake-Authorization-Token-Type': string;
};

/** By token, or by a key pair, whose tokens are made here: the private key never leaves the process. */
export function authorizationOf(
  definition: SnowflakeDefinition,
  nowMs: () => number = Date.now,
): Authorization {
  const { token, token_type: type } = definition;
  if (token !== undefined && token !== '')
    return () => ({
      Authorization: `Bearer ${token}`,
      'X-Snowflake-Authorization-Token-Type': type === 'oauth' ? 'OAUTH' : 'PROGRAMMATIC_ACCESS_TOKEN',
    });
  const key = privateKeyOf(definition);
  const name = subjectOf(definition);
  const issuer = `${name}.${fingerprintOf(key)}`;
  let made = { text: '', expiresAt: 0 };
  return () => {
    const now = Math.floor(nowMs() / 1000);
    if (made.expiresAt - now < renewalSeconds) {
      const expiresAt = now + lifetimeSeconds;
      made = { text: signed({ iss: issuer, sub: name, iat: now, exp: expiresAt }, key), expiresAt };
    }
    return { Authorization: `Bearer ${made.text}`, 'X-Snowflake-Authorization-Token-Type': 'KEYPAIR_JWT' };
  };
}

/** `ACCOUNT.USER`, in capitals; of an older locator the region does not count. */
function subjectOf({ account, user }: SnowflakeDefinition): string {
  if (user === undefined)
    throw new EngineError('definition', 'no_user', 'a connection with private_key needs a user', {
      hint: 'Give the connection the `user` whose key it is.',
    });
  return `${account.split('.')[0]?.toUpperCase()}.${user.toUpperCase()}`;
}

function privateKeyOf({
  private_key: pem,
  private_key_passphrase: passphrase,
}: SnowflakeDefinition): KeyObject {
  if (pem === undefined || pem === '')
    throw new EngineError(
      'definition',
      'no_credentials',
      'the connection has neither token nor private_key',
      {
        hint: 'Give it `token: "${secret:NAME}"`, or `user` and `private_key: "${secret:NAME}"`. The SQL API takes no passwords.',
      },
    );
  try {
    // In a .env file or an environment variable a line break is often written as \n.
    const key = pem.replaceAll('\\n', '\n').trim();
    return createPrivateKey({ key, ...(passphrase !== undefined && passphrase !== '' && { passphrase }) });
  } catch {
    // The words of the library could repeat parts of the key.
    throw new EngineError('definition', 'bad_private_key', 'private_key cannot be read', {
      hint: 'It must be the whole PEM text of an RSA key; an encrypted one needs private_key_passphrase.',
    });
  }
}

function fingerprintOf(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

function signed(claims: Readonly<Record<string, string | number>>, key: KeyObject): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createSign('RSA-SHA256').update(body).sign(key, 'base64url')}`;
}
