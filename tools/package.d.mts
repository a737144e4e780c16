/** Makes the package of a platform and its bill of materials; returns the path of the VSIX. */
export function makePackage(options?: { target?: string; out?: string }): Promise<string>;
/** Where the bill of materials of a package is written. */
export function billPathOf(packagePath: string): string;
export function readmeForPackage(text: string): string;
