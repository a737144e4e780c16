import { reportHostTests } from './vitest.ts';

await reportHostTests('trusted');
