// The licences of everything of others that a package holds, in one file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const licenceFile = /^(licen[cs]e|copying|notice)(\W.*)?$/i;

/** `node_modules/a/node_modules/@b/c/lib/x.js` → `node_modules/a/node_modules/@b/c`; undefined for a file of ours. */
export function packageFolderOf(input) {
  const path = input.replaceAll('\\', '/');
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

/** The packages that these files (relative to root, as the bundler names them) belong to, by name and version. */
export function packagesOf(root, inputs) {
  const folders = new Set(inputs.map(packageFolderOf).filter((folder) => folder !== undefined));
  return [...folders]
    .map((folder) => readPackage(join(root, folder)))
    .sort((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`, 'en'));
}

function readPackage(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const by = typeof author === 'string' ? author : author?.name;
  return { name, version, licence: license ?? 'not given', author: by, texts };
}

/** The text of the file. Packages without a licence file are told with the licence that they name. */
export function thirdPartyLicences(packages) {
  const parts = packages.map(({ name, version, licence, author, texts }) => {
    const heading = `${name} ${version} (${licence})`;
    const body = texts.length > 0 ? texts.join('\n\n') : `${licence}${author ? `, by ${author}` : ''}`;
    return `${'-'.repeat(heading.length)}\n${heading}\n${'-'.repeat(heading.length)}\n\n${body}\n`;
  });
  return `This extension holds software of others. These are their names and licences.\n\n${parts.join('\n')}`;
}
