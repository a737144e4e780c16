import type { BatchPlan } from '../../protocol/plan.ts';
import { Gate } from './gates.ts';

/** The gates of connections, shared by all jobs that use them. */
export class ConnectionGates {
  readonly #gates = new Map<string, Gate>();

  /** Of a connection in a plan; undefined if its project sets no limit and never did. */
  of(plan: Pick<BatchPlan, 'projects'>, projectDir: string, name: string): Gate | undefined {
    const limit = plan.projects[projectDir]?.connections[name]?.max_parallel;
    const key = `${projectDir}\u0000${name}`;
    let gate = this.#gates.get(key);
    if (gate === undefined) {
      if (limit === undefined) return undefined;
      gate = new Gate('connection', name, limit);
      this.#gates.set(key, gate);
    } else if (limit !== undefined) gate.limit = limit; // The file was edited since: the newest job knows best.
    return gate;
  }

  all(): Iterable<Gate> {
    return this.#gates.values();
  }
}
