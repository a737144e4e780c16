/** How many operations at once, as lines of a quick pick. Free of vscode at run time. */
import type { PickItem } from '../ui/steps.ts';

/** 0 stands for what the project says. */
export function parallelItems(operations: number): PickItem<number>[] {
  const numbers = [2, 4, 8, 16, 32, 64].filter((number) => number < operations * 2);
  return [
    { label: 'As the project says', description: 'defaults.max_parallel, or 4', value: 0 },
    { label: '1', description: 'one after another', value: 1 },
    ...numbers.map((number) => ({ label: String(number), description: 'at once', value: number })),
  ];
}
