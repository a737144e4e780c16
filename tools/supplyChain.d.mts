interface LockEntry {
  version?: string;
  license?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  hasInstallScript?: boolean;
}
/** True if users may be given what has this licence. */
export function mayBePassedOn(expression: string): boolean;
export function isMetBy(expression: string, licences: readonly string[]): boolean;
export function lockProblems(
  packages: Record<string, LockEntry>,
  shipped: ReadonlySet<string>,
  allowScripts: Record<string, boolean>,
): string[];
