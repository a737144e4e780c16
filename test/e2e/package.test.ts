import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { billPathOf } from '../../tools/package.mjs';
import { mayBePassedOn } from '../../tools/supplyChain.mjs';
import { installVsCode } from '../support/vscodeInstall.ts';
import { runVsCodeCli } from '../support/vscodeServer.ts';

const root = resolve(import.meta.dirname, '../..');
const targets = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** Many files of one kind are one line: chunks are named by their content, and DuckDB's modules are DuckDB's affair. */
function masked(path: string): string {
  return path
    .replace(/^dist\/chunks\/[\w.-]+-[0-9A-Z]{8}\.mjs$/, 'dist/chunks/<name>-<hash>.mjs')
    .replace(
      /^node_modules\/@duckdb\/node-api\/lib\/[\w/]+\.js$/,
      'node_modules/@duckdb/node-api/lib/<name>.js',
    )
    .replace(/@duckdb\/node-bindings-[\w-]+\//, '@duckdb/node-bindings-<platform>/')
    .replace(/(libduckdb\.so|libduckdb\.dylib|duckdb\.dll)$/, '<library>');
}

describe('the package', () => {
  let folder: string;
  /** Where VS Code has unpacked it. */
  let installed: string;
  let files: string[];
  const read = (path: string): string => readFileSync(join(installed, path), 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ombudsman-package-'));
    const extensionsDir = join(folder, 'extensions');
    const server = { vscodeDir: await installVsCode(), serverDataDir: join(folder, 'server'), extensionsDir };
    const { code, output } = await runVsCodeCli(server, ['--install-extension', inject('vsixPath')]);
    expect(code, output).toBe(0);
    const [name = ''] = readdirSync(extensionsDir).filter((each) => each.startsWith('ombudsman.'));
    installed = join(extensionsDir, name);
    files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(installed.length + 1)
          .replaceAll(sep, '/'),
      );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds exactly the files of the list', () => {
    const listed = readFileSync(join(root, 'test/fixtures/package/files.txt'), 'utf8').trim().split('\n');
    // VS Code puts the manifest of the package there.
    const found = files.filter((file) => file !== '.vsixmanifest').map(masked);
    expect([...new Set(found)].sort()).toEqual(listed.sort());
  });

  it('has every file that its manifest names, and nothing of the checkout in it', () => {
    const manifest = read('package.json');
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:extension|dist)\/[^"]+)"/g)].map(
      ([, path = '']) => path,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    expect(JSON.parse(manifest)).not.toHaveProperty('devDependencies');
    expect(JSON.parse(manifest)).not.toHaveProperty('scripts');
  });

  it('has a README whose links all lead somewhere', () => {
    const links = [...read('readme.md').matchAll(/\]\(([^)\s]+)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !/^(https?:|#)/.test(target))).toEqual([]);
  });

  it('names every package in it with its licence, each one that may be passed on', () => {
    const text = read('dist/THIRD_PARTY_LICENSES.txt');
    const headings = [...text.matchAll(/^-+\n(\S+) (\S+) \((.+)\)\n-+$/gm)];
    const names = headings.map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['zod', 'ws', 'yaml', 'pg', '@duckdb/node-api']));
    expect(headings.filter(([, , , licence = '']) => !mayBePassedOn(licence)).map(String)).toEqual([]);
  });

  it('comes with a bill of materials of exactly these packages', () => {
    const bill = JSON.parse(readFileSync(billPathOf(inject('vsixPath')), 'utf8')) as {
      bomFormat: string;
      components: { name: string; version: string; hashes?: object[]; purl: string }[];
    };
    const named = [...read('dist/THIRD_PARTY_LICENSES.txt').matchAll(/^-+\n(\S+) (\S+) \(.+\)\n-+$/gm)];
    expect(bill.bomFormat).toBe('CycloneDX');
    expect(bill.components.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(
      [...new Set(named.map(([, name, version]) => `${name} ${version}`))].sort(),
    );
    for (const { name, purl } of bill.components)
      expect(decodeURIComponent(purl)).toContain(`pkg:npm/${name}@`);
  });

  it('carries no source maps', () => {
    const bundles = files.filter((file) => /^dist\/.*\.m?js$/.test(file));
    expect(bundles.filter((file) => read(file).includes('sourceMappingURL'))).toEqual([]);
  });

  it('is not made for a platform whose native binding is not here', () => {
    const missing = targets.find(
      (each) => !existsSync(join(root, 'node_modules/@duckdb', `node-bindings-${each}`)),
    );
    const args = [
      join(root, 'tools/package.mjs'),
      '--target',
      missing ?? '',
      '--out',
      join(folder, 'no.vsix'),
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(`@duckdb/node-bindings-${missing} is not installed`);
    expect(existsSync(join(folder, 'no.vsix'))).toBe(false);
  });
});
