/** Names of operations and what depends on what. */
import type { Diagnostic } from '../protocol/errors.ts';
import type { BatchItem } from './batch.ts';
import { problemAt, type Path, type SourceDocument } from './document.ts';
import { didYouMean, listed, nearest } from './suggest.ts';
import { uniqueName } from './values.ts';

/** Unique names, in order: the given ones, and automatic ones made unique by `#2`. Two given alike are an error. */
export function nameOperations(
  document: SourceDocument,
  items: readonly BatchItem[],
  automaticNames: readonly string[],
): { names: string[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const taken = new Map<string, Path>();
  for (const { item, path } of items) {
    if (item.name === undefined) continue;
    const first = taken.get(item.name);
    if (first === undefined) {
      taken.set(item.name, path);
      continue;
    }
    const { line } = document.rangeOf([...first, 'name'], 'value');
    const message = `"${item.name}" is already the name of the operation in line ${line}`;
    const problem = { code: 'duplicate_name', message, hint: 'give each operation its own name' } as const;
    diagnostics.push(problemAt(document, [...path, 'name'], 'value', problem));
  }
  const all = new Set(taken.keys());
  const counters = new Map<string, number>();
  const names = items.map(
    ({ item }, index) => item.name ?? uniqueName(automaticNames[index] ?? '', all, counters),
  );
  return { names, diagnostics };
}

/** The indexes each operation depends on; unknown names, self-dependencies and cycles are errors. */
export function resolveDependencies(
  document: SourceDocument,
  items: readonly BatchItem[],
  names: readonly string[],
): { dependsOn: number[][]; diagnostics: Diagnostic[] } {
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const diagnostics: Diagnostic[] = [];
  let unknown = 0;
  const dependsOn = items.map(({ item, path }, index) => {
    const found = new Set<number>();
    for (const [position, written] of (item.depends_on ?? []).entries()) {
      const at = [...path, 'depends_on', position];
      const target = indexOf.get(written.trim());
      if (target === undefined) {
        unknown += 1;
        // Each look for near names goes through all of them: for thousands of mistakes that would take minutes.
        const known = unknown > maxSuggested ? [] : names;
        diagnostics.push(unknownDependency(document, at, written, known));
      } else if (target === index) {
        const message = `"${written}" depends on itself`;
        const problem = { code: 'self_dependency', message, hint: 'remove it from depends_on' } as const;
        diagnostics.push(problemAt(document, at, 'value', problem));
      } else found.add(target);
    }
    return [...found];
  });
  for (const cycle of findCycles(dependsOn)) {
    const [first = 0] = cycle;
    const path = [...(items[first]?.path ?? []), 'depends_on'];
    const circle = [...cycle, first].map((index) => names[index]).join(' → ');
    const message = `operations wait for each other: ${circle}`;
    const problem = { code: 'dependency_cycle', message, hint: 'remove one of these dependencies' } as const;
    diagnostics.push(problemAt(document, path, 'value', problem));
  }
  return { dependsOn, diagnostics };
}

function unknownDependency(
  document: SourceDocument,
  path: Path,
  name: string,
  names: readonly string[],
): Diagnostic {
  const suggestions = nearest(name, names);
  return problemAt(document, path, 'value', {
    code: 'unknown_dependency',
    message: `no operation of this batch is named "${name}"`,
    hint: didYouMean(suggestions) ?? (names.length === 0 ? undefined : `operations are ${listed(names)}`),
    suggestions,
  });
}

const maxSuggested = 20;
const maxCycles = 20;

/** Cycles without a common operation, at most twenty, each as indexes in the order of dependence. Not recursive: chains are long. */
function findCycles(dependsOn: readonly (readonly number[])[]): number[][] {
  const dependents: number[][] = dependsOn.map(() => []);
  const open = dependsOn.map((targets, index) => {
    for (const target of targets) dependents[target]?.push(index);
    return targets.length;
  });
  const left = new Set(dependsOn.keys());
  const settle = (ready: number[]) => {
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
      if (!left.delete(next)) continue;
      for (const dependent of dependents[next] ?? []) {
        const count = (open[dependent] ?? 0) - 1;
        open[dependent] = count;
        if (count === 0) ready.push(dependent);
      }
    }
  };
  settle([...left].filter((index) => open[index] === 0));
  const cycles: number[][] = [];
  for (const start of left) {
    if (!left.has(start) || cycles.length >= maxCycles) continue;
    const cycle = walkToCycle(start, dependsOn, left);
    cycles.push(cycle);
    settle([...cycle]);
  }
  return cycles;
}

/** Every operation left over depends on one left over, so walking on must come round. The cycle begins at its lowest index. */
function walkToCycle(
  start: number,
  dependsOn: readonly (readonly number[])[],
  left: ReadonlySet<number>,
): number[] {
  const seen = new Map<number, number>();
  const walked: number[] = [];
  let current: number | undefined = start;
  while (current !== undefined && !seen.has(current)) {
    seen.set(current, walked.length);
    walked.push(current);
    current = dependsOn[current]?.find((target) => left.has(target));
  }
  const cycle = current === undefined ? walked : walked.slice(seen.get(current));
  const lowest = cycle.indexOf(cycle.reduce((a, b) => Math.min(a, b)));
  return [...cycle.slice(lowest), ...cycle.slice(0, lowest)];
}
