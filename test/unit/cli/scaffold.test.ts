import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scaffoldFiles } from '../../../daemon/cli/scaffold.ts';
import { planBatch } from '../../../daemon/definitions/plan.ts';
import { loadProject } from '../../../daemon/definitions/project.ts';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-init-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the files of a new project', () => {
  it('plan without a diagnostic', async () => {
    const files = scaffoldFiles(basename(dir));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const project = await loadProject(dir, nodeReader);
    expect(project.diagnostics).toEqual([]);
    const batches = Object.keys(files).filter((path) => path.endsWith('.batch.yaml'));
    expect(batches).toHaveLength(2);
    for (const path of batches) {
      const { plan, diagnostics } = await planBatch({
        text: files[path]!,
        file: join(dir, path),
        project,
        loadProject: async () => null,
        hasSecret: () => false,
      });
      expect(diagnostics).toEqual([]);
      expect(plan?.operations).toHaveLength(2);
    }
  });

  it.each([
    ['shop-2026', 'shop-2026'],
    ['my project!', 'my_project'],
    ['größe', 'größe'],
    ['...', 'my_project'],
  ])('are named after the folder: %s gives %s', (folder, name) => {
    expect(scaffoldFiles(folder)['ombudsman.yaml']).toContain(`name: ${name}\n`);
  });
});
