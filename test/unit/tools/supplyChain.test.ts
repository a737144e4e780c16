import { describe, expect, it } from 'vitest';
import { billOf } from '../../../tools/sbom.mjs';
import { lockProblems, mayBePassedOn } from '../../../tools/supplyChain.mjs';

type Packages = Parameters<typeof lockProblems>[0];
const good = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };
const packages: Packages = {
  '': { version: '0.1.0' },
  'node_modules/a': good,
  'node_modules/a/node_modules/@b/c': { ...good, license: 'BSD-3-Clause' },
  'node_modules/tool': { ...good, license: 'MPL-2.0', hasInstallScript: true },
  'node_modules/native-win32': { version: '1.0.0', license: 'MIT', optional: true, os: ['win32'] },
};
const shipped = new Set(['node_modules/a', 'node_modules/a/node_modules/@b/c']);
const problems = (path: string, change: object, allowed: Record<string, boolean> = { tool: false }) =>
  lockProblems({ ...packages, [path]: { ...packages[path], ...change } }, shipped, allowed);

describe('what the lock file holds', () => {
  it('is without fault as it should be', () => {
    expect(problems('', {})).toEqual([]);
  });

  it.each([
    ['node_modules/a', { license: 'GPL-3.0-only' }, 'a 1.0.0, which users get, has the licence GPL-3.0-only'],
    ['node_modules/a', { license: undefined }, 'a 1.0.0, which users get, has the licence none given'],
    ['node_modules/a', { license: 'MPL-2.0' }, 'a 1.0.0, which users get, has the licence MPL-2.0'],
    ['node_modules/tool', { license: 'BUSL-1.1' }, 'tool 1.0.0 has the licence BUSL-1.1'],
    ['node_modules/tool', { resolved: 'git+ssh://x' }, 'tool 1.0.0 does not come from a registry'],
    ['node_modules/tool', { link: true }, 'tool 1.0.0 does not come from a registry'],
    ['node_modules/a', { integrity: undefined }, 'a 1.0.0, which users get, has no SHA-512 in the lock file'],
    ['node_modules/tool', { integrity: 'sha1-x' }, 'tool 1.0.0 has no SHA-512 in the lock file'],
  ])('%s with %j is told', (path, change, problem) => {
    expect(problems(path, change)).toEqual([problem]);
  });

  it('may run install scripts only in named tools, never where users get it', () => {
    expect(problems('', {}, {})).toEqual([
      'tool 1.0.0 has an install script that allowScripts of package.json does not name',
    ]);
    expect(problems('node_modules/a', { hasInstallScript: true }, { tool: true, a: true })).toEqual([
      'a 1.0.0, which users get, runs a script when it is installed',
    ]);
  });

  it('is all that users get', () => {
    const { 'node_modules/a': _gone, ...others } = packages;
    expect(lockProblems(others, shipped, { tool: true })).toEqual(['node_modules/a is not in the lock file']);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['(MIT AND Zlib)', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-2.0-only OR AGPL-3.0-only', false],
    ['((MIT))', false],
    ['SEE LICENSE IN LICENSE.txt', false],
    ['', false],
  ])('a licence %j may be passed on: %s', (expression, isGood) => {
    expect(mayBePassedOn(expression)).toBe(isGood);
  });
});

describe('the bill of materials', () => {
  const component = (name: string) => ({
    'bom-ref': `${name}@1.0.0`,
    scope: 'optional',
    properties: [{ name: 'cdx:npm:package:development', value: 'true' }],
  });
  const bill = {
    metadata: { component: { 'bom-ref': 'folder@0.1.0' } },
    components: ['a', 'b', 'tool'].map(component),
    dependencies: [
      { ref: 'a@1.0.0', dependsOn: ['b@1.0.0', 'tool@1.0.0'] },
      { ref: 'tool@1.0.0', dependsOn: ['a@1.0.0'] },
    ],
  };
  const manifest = { name: 'ours', version: '0.1.0', license: 'MIT' };
  const held = ['a', 'b'].map((name) => ({ name, version: '1.0.0' }));

  it('names what is in the package, as required, and nothing else', () => {
    expect(billOf(bill, manifest, held)).toMatchObject({
      metadata: { component: { name: 'ours', 'bom-ref': 'ours@0.1.0' } },
      components: ['a', 'b'].map((name) => ({ ...component(name), scope: 'required', properties: [] })),
      dependencies: [
        { ref: 'ours@0.1.0', dependsOn: ['a@1.0.0', 'b@1.0.0'] },
        { ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] },
      ],
    });
  });

  it('is refused if something in the package is not in the lock file', () => {
    expect(() => billOf(bill, manifest, [...held, { name: 'a', version: '2.0.0' }])).toThrow('a@2.0.0');
  });
});
