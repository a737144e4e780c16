import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import { batchPlanSchema, plannedOperationSchema } from '../../protocol/plan.ts';
import type { DocumentKind } from './documents.ts';
import { UnusableDocument, jobMigrations } from './migrations/migrations.ts';
import { jobDocumentSchema, operationStateSchema, type JobDocument } from './schemas.ts';

const anything = z.array(z.unknown());
/** The document without its long lists, which are checked element by element. */
const shellSchema = jobDocumentSchema.extend({
  plan: batchPlanSchema.extend({ operations: anything }),
  operations: anything,
});

const sliceMs = 8;

/** Checks a list of up to 100,000 elements, giving the event loop a turn every few milliseconds. */
async function validateList<T>(name: string, list: readonly unknown[], schema: z.ZodType<T>): Promise<T[]> {
  const checked: T[] = [];
  let sliceStart = performance.now();
  for (const [index, element] of list.entries()) {
    const result = schema.safeParse(element);
    if (!result.success) {
      const issue = result.error.issues[0];
      throw new UnusableDocument(`${name}[${index}].${issue?.path.map(String).join('.')}: ${issue?.message}`);
    }
    checked.push(result.data);
    if (index % 64 === 63 && performance.now() - sliceStart > sliceMs) {
      await nextTurn();
      sliceStart = performance.now();
    }
  }
  return checked;
}

/** A job's document on disk. */
export const jobDocumentKind: DocumentKind<JobDocument> = {
  migrations: jobMigrations,
  async validate(raw) {
    const shell = shellSchema.parse(raw);
    if (shell.plan.operations.length !== shell.operations.length || shell.operations.length === 0)
      throw new UnusableDocument('its plan and its operations do not match');
    const planned = await validateList('plan.operations', shell.plan.operations, plannedOperationSchema);
    const operations = await validateList('operations', shell.operations, operationStateSchema);
    return { ...shell, plan: { ...shell.plan, operations: planned }, operations };
  },
};
