import { describe, expect, it } from 'vitest';
import type { WorkspaceProject } from '../../../../daemon/protocol/language.ts';
import { createSecretStore } from '../../../../extension/platform/secretStore.ts';

function stores(
  options: { references?: WorkspaceProject['references']; environment?: NodeJS.ProcessEnv } = {},
) {
  const kept = new Map<string, string>();
  const state = new Map<string, unknown>();
  const secrets = createSecretStore({
    storage: {
      get: async (key) => kept.get(key),
      store: async (key, value) => void kept.set(key, value),
      delete: async (key) => void kept.delete(key),
    },
    state: {
      get: <T>(key: string, otherwise?: T): T => (state.get(key) as T | undefined) ?? (otherwise as T),
      update: async (key, value) => void state.set(key, value),
    },
    references: async () => options.references,
    environment: options.environment ?? {},
  });
  return { secrets, kept, state };
}

describe('secrets', () => {
  it('belong to one project: another one has its own of the same name', async () => {
    const { secrets } = stores();
    await secrets.set('/a', 'PASSWORD', 'one');
    await secrets.set('/b', 'PASSWORD', 'two');
    expect(await secrets.get('/a', 'PASSWORD')).toBe('one');
    expect(await secrets.get('/b', 'PASSWORD')).toBe('two');
    await secrets.remove('/a', 'PASSWORD');
    expect(await secrets.get('/a', 'PASSWORD')).toBeUndefined();
    expect(await secrets.get('/b', 'PASSWORD')).toBe('two');
  });

  it('are kept apart also where folder and name could be read in two ways', async () => {
    const { secrets, kept } = stores();
    await secrets.set('/a","b', 'c', '1');
    await secrets.set('/a', 'b","c', '2');
    await secrets.set('/a:b', 'c', '3');
    await secrets.set('/a', 'b:c', '4');
    expect(kept.size).toBe(4);
  });

  it('are named without their values, sorted and once', async () => {
    const { secrets, state } = stores();
    await secrets.set('/a', 'Z', 'hidden');
    await secrets.set('/a', 'B', 'hidden');
    await secrets.set('/a', 'Z', 'hidden again');
    expect(secrets.names('/a')).toEqual(['B', 'Z']);
    expect(secrets.names('/b')).toEqual([]);
    expect(JSON.stringify([...state])).not.toContain('hidden');
    await secrets.remove('/a', 'Z');
    expect(secrets.names('/a')).toEqual(['B']);
    await secrets.remove('/a', 'B');
    expect(JSON.stringify([...state])).not.toContain('/a');
  });
});

describe('what goes with a call', () => {
  const environment = { HOST_PASSWORD: 'from the environment', PASSWORD: 'not this', OTHER: 'never' };

  it('is what the project refers to: secrets of the storage, variables of the environment', async () => {
    const { secrets } = stores({
      environment,
      references: [
        { kind: 'env', name: 'HOST_PASSWORD' },
        { kind: 'env', name: 'NOT_SET' },
        { kind: 'secret', name: 'PASSWORD' },
        { kind: 'secret', name: 'NOT_STORED' },
      ],
    });
    await secrets.set('/a', 'PASSWORD', 'from the storage');
    await secrets.set('/a', 'UNUSED', 'not referred to');
    expect(await secrets.forProject('/a')).toEqual({
      'env:HOST_PASSWORD': 'from the environment',
      'secret:PASSWORD': 'from the storage',
    });
    expect(await secrets.forProject('/b')).toEqual({ 'env:HOST_PASSWORD': 'from the environment' });
  });

  it('is what is stored of the project while its references cannot be known', async () => {
    const { secrets } = stores({ environment });
    await secrets.set('/a', 'PASSWORD', 'from the storage');
    await secrets.set('/b', 'OTHER', 'of another project');
    expect(await secrets.forProject('/a')).toEqual({ 'secret:PASSWORD': 'from the storage' });
  });

  it('are two values where a variable and a secret have one name', async () => {
    const { secrets } = stores({
      environment,
      references: [
        { kind: 'secret', name: 'PASSWORD' },
        { kind: 'env', name: 'PASSWORD' },
      ],
    });
    await secrets.set('/a', 'PASSWORD', 'from the storage');
    expect(await secrets.forProject('/a')).toEqual({
      'env:PASSWORD': 'not this',
      'secret:PASSWORD': 'from the storage',
    });
  });
});
