// The bill of materials of a package: CycloneDX as npm writes it from the lock file, of what is in the package only.
import { spawnSync } from 'node:child_process';
import { root } from './setup.mjs';

const development = 'cdx:npm:package:development';

/** All of the lock file, tools too. */
function lockBill() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const isWindows = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: isWindows,
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** The bill of a whole lock file, cut down to what a package holds. Throws if the lock file does not know something of it. */
export function billOf(bill, manifest, packages) {
  const held = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = bill.components
    .filter((component) => held.has(component['bom-ref']))
    .map(({ scope: _scope, properties = [], ...component }) => ({
      ...component,
      // npm calls development what is bundled here; users get it all the same.
      scope: 'required',
      properties: properties.filter(({ name }) => name !== development),
    }));
  const known = new Set(components.map((component) => component['bom-ref']));
  const unknown = [...held].filter((ref) => !known.has(ref));
  if (unknown.length > 0) throw new Error(`the lock file does not know ${unknown.join(', ')}`);
  const { name, version, license } = manifest;
  const ours = `${name}@${version}`;
  const application = {
    'bom-ref': ours,
    type: 'application',
    name,
    version,
    licenses: [{ license: { id: license } }],
  };
  const dependencies = bill.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => known.has(each)) }));
  return {
    ...bill,
    metadata: { ...bill.metadata, component: application },
    components,
    dependencies: [{ ref: ours, dependsOn: [...known].sort() }, ...dependencies],
  };
}

/** CycloneDX of what a package holds, as text. */
export function makeBill(manifest, packages) {
  return `${JSON.stringify(billOf(lockBill(), manifest, packages), null, 2)}\n`;
}
