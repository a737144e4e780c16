interface Component {
  'bom-ref': string;
  scope?: string;
  properties?: { name: string; value: string }[];
}
interface Bill {
  metadata: { component?: { 'bom-ref': string; name?: string } };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}
/** The bill of a whole lock file, cut down to what a package holds. Throws if the lock file does not know something of it. */
export function billOf(
  bill: Bill,
  manifest: { name: string; version: string; license: string },
  packages: readonly { name: string; version: string }[],
): Bill;
