import { reportHostTests } from './vitest.ts';

await reportHostTests('untrusted');
