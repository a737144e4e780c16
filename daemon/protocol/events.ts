import * as z from 'zod';
import { jobSchema, operationSchema } from './entities.ts';
import { countSchema, isoTimeSchema, jobIdSchema } from './primitives.ts';

/**
 * An event says the state of one thing after something durable happened to it. Within one batch only the latest state of a
 * job or an operation is told (coalesced); an end state is never dropped.
 */
export const daemonEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), seq: countSchema, at: isoTimeSchema, job: jobSchema }),
  z.object({
    type: z.literal('operation'),
    seq: countSchema,
    at: isoTimeSchema,
    job_id: jobIdSchema,
    operation: operationSchema,
  }),
  z.object({ type: z.literal('job_deleted'), seq: countSchema, at: isoTimeSchema, job_id: jobIdSchema }),
]);
export type DaemonEvent = z.infer<typeof daemonEventSchema>;

/** Where a client starts from: live jobs, the latest ended ones, and all operations of the jobs it asked for. */
export const snapshotSchema = z.object({
  jobs: z.array(jobSchema),
  operations: z.record(jobIdSchema, z.array(operationSchema)),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/**
 * The `events/batch` notification (SSE: event `batch`, same JSON). `snapshot` stands there when the client fell behind: it
 * replaces all the client knows, and `events` is then empty. Sequence numbers grow over restarts of the daemon.
 */
export const eventBatchSchema = z.object({
  from_seq: countSchema,
  to_seq: countSchema,
  events: z.array(daemonEventSchema),
  snapshot: snapshotSchema.optional(),
});
export type EventBatch = z.infer<typeof eventBatchSchema>;
