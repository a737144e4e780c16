import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../protocol/entities.ts';

export interface ArtifactFile {
  /** File name in the attempt's artifact folder; the file is written. */
  readonly name: string;
  readonly kind: Artifact['kind'];
  readonly content_type: string;
}

/** The files an attempt leaves behind. Write to path(name), then add() the finished file. */
export class ArtifactWriter {
  readonly #folder: string;
  readonly #artifacts: Artifact[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Absolute path for a new artifact; its folder exists from here on. */
  path(name: string): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return join(this.#folder, name);
  }

  /** Registers a finished file. Rejects if it does not exist. */
  async add(file: ArtifactFile): Promise<Artifact> {
    const path = join(this.#folder, file.name);
    const { size } = await stat(path);
    const artifact = { artifact_id: randomUUID(), ...file, path, bytes: size };
    this.#artifacts.push(artifact);
    return artifact;
  }

  list(): Artifact[] {
    return [...this.#artifacts];
  }
}
