import * as z from 'zod';
import { isoTimeSchema } from './primitives.ts';

/** `<data dir>/daemon.json`, what a client needs to reach the daemon. */
export const registrationSchema = z.object({
  pid: z.number().int().positive(),
  started_at: isoTimeSchema,
  /** Start time of the process as the system tells it; with pid it names one process for ever. Absent where it cannot be read. */
  process_start: z.string().optional(),
  port: z.number().int().min(1).max(65535),
  token: z.string().min(16),
  version: z.string(),
  protocol_version: z.number().int(),
});
export type Registration = z.infer<typeof registrationSchema>;
