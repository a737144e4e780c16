import type * as vscode from 'vscode';
import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import { environmentValues } from './config.ts';
import type { SecretStore } from './services.ts';

export interface SecretStoreOptions {
  readonly storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;
  /** Names only, so that it can be said which there are: the storage cannot list them. */
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  /** What the project's files refer to; undefined if that cannot be known now. */
  readonly references: (projectDir: string) => Promise<WorkspaceProject['references'] | undefined>;
  readonly environment?: NodeJS.ProcessEnv;
}

const namesKey = 'ombudsman.secretNames';

/** A value is stored for one project folder: a name may mean another database in another project. */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  const { storage, state, references } = options;
  const keyOf = (projectDir: string, name: string) => JSON.stringify(['ombudsman', projectDir, name]);
  const allNames = () => state.get<Record<string, string[]>>(namesKey, {});
  const names = (projectDir: string) => allNames()[projectDir] ?? [];
  const remember = async (projectDir: string, known: readonly string[]) => {
    const { [projectDir]: _before, ...others } = allNames();
    await state.update(namesKey, known.length === 0 ? others : { ...others, [projectDir]: known });
  };
  const get = async (projectDir: string, name: string) => storage.get(keyOf(projectDir, name));

  return {
    get,
    names,
    set: async (projectDir, name, value) => {
      await storage.store(keyOf(projectDir, name), value);
      await remember(projectDir, [...new Set([...names(projectDir), name])].sort());
    },
    remove: async (projectDir, name) => {
      await storage.delete(keyOf(projectDir, name));
      await remember(
        projectDir,
        names(projectDir).filter((each) => each !== name),
      );
    },
    forProject: async (projectDir) => {
      const referred = await references(projectDir);
      // Not known: the stored ones of this very project go along, of the environment nothing does.
      const wanted = referred ?? names(projectDir).map((name) => ({ kind: 'secret' as const, name }));
      const ofEnvironment = wanted.filter(({ kind }) => kind === 'env').map(({ name }) => name);
      const values = Object.fromEntries(
        Object.entries(environmentValues(ofEnvironment, options.environment)).map(([name, value]) => [
          `env:${name}`,
          value,
        ]),
      );
      for (const { kind, name } of wanted) {
        const value = kind === 'secret' ? await get(projectDir, name) : undefined;
        if (value !== undefined) values[`secret:${name}`] = value;
      }
      return values;
    },
    dispose: () => undefined,
  };
}
