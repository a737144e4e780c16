/** Makes the package of a platform; returns the path of the VSIX. */
export function makePackage(options?: { target?: string; out?: string }): Promise<string>;
export function readmeForPackage(text: string): string;
