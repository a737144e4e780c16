import type { MessagePort } from 'node:worker_threads';
import type { MethodInput, MethodResult } from '../../protocol/methods.ts';

/** What the language server may ask the daemon. */
export interface Questions {
  readonly 'projects/results': MethodInput<'projects/results'>;
  readonly 'projects/catalog': MethodInput<'projects/catalog'>;
  readonly 'projects/list': MethodInput<'projects/list'>;
}
export type QuestionMethod = keyof Questions;

/** From the daemon to the worker. A client's own messages go over its port, as texts. */
export type ToWorker =
  | { readonly type: 'client'; readonly port: MessagePort }
  | { readonly type: 'answer'; readonly id: number; readonly result: MethodResult<QuestionMethod> | null }
  | { readonly type: 'changed'; readonly project_dir: string };

/** From the worker to the daemon. */
export type FromWorker =
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly method: QuestionMethod;
      readonly input: Questions[QuestionMethod];
    }
  | { readonly type: 'log'; readonly message: string };
