/**
 * Compares two versions as semantic versioning orders them (a pre-release comes before its release): negative if `a` is older.
 * A part that is no number counts as 0.
 */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  for (let index = 0; index < 3; index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.preRelease === right.preRelease) return 0;
  if (left.preRelease === '') return 1;
  if (right.preRelease === '') return -1;
  return comparePreReleases(left.preRelease.split('.'), right.preRelease.split('.'));
}

function parse(version: string): { numbers: number[]; preRelease: string } {
  const [withoutBuild = ''] = version.split('+', 1);
  const dash = withoutBuild.indexOf('-');
  const core = dash === -1 ? withoutBuild : withoutBuild.slice(0, dash);
  return {
    numbers: core.split('.').map((part) => Number.parseInt(part, 10) || 0),
    preRelease: dash === -1 ? '' : withoutBuild.slice(dash + 1),
  };
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index];
    const right = b[index];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    const areNumbers = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (areNumbers[0] && areNumbers[1]) return Number(left) - Number(right);
    if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
