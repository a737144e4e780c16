import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import type { PlannedProject } from '../../protocol/plan.ts';

const prefix = 'literal-password.';

/** The name under which the vault keeps a password that somebody wrote into ombudsman.yaml. */
function nameOf(connection: string): string {
  return `${prefix}${Buffer.from(connection, 'utf8').toString('base64url')}`;
}

/** The passwords that stand as such in the connections of a project, by the name the vault keeps them under. */
export function literalPasswords(
  connections: Readonly<Record<string, ConnectionDefinition>>,
): Record<string, string> {
  const found = Object.entries(connections).flatMap(([name, definition]) =>
    'password' in definition && definition.password !== undefined && !definition.password.includes('${')
      ? [[nameOf(name), definition.password] as const]
      : [],
  );
  return Object.fromEntries(found);
}

/** The project with references in their place: a plan is written into the job's document, and no password may stand there. */
export function hideLiteralPasswords(project: PlannedProject): PlannedProject {
  const literal = literalPasswords(project.connections);
  const connections = Object.entries(project.connections).map(([name, definition]) =>
    literal[nameOf(name)] === undefined
      ? [name, definition]
      : [name, { ...definition, password: `\${secret:${nameOf(name)}}` }],
  );
  return { ...project, connections: Object.fromEntries(connections) as PlannedProject['connections'] };
}

export function isLiteralName(name: string): boolean {
  return name.startsWith(prefix);
}

/** True if the project's connections refer to passwords that only its own file knows. */
export function hasHiddenPasswords(project: PlannedProject | undefined): boolean {
  return Object.values(project?.connections ?? {}).some(
    (definition) => 'password' in definition && definition.password?.includes(`\${secret:${prefix}`) === true,
  );
}
