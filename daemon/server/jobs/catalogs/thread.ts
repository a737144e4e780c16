/** Worker thread of the daemon that reads whole catalogs: tens of megabytes must not hold the daemon's own loop. */
import { parentPort } from 'node:worker_threads';
import { ApiError } from '../../../protocol/errors.ts';
import { compareFiles } from './compareFiles.ts';
import { objectOf, pageOf } from './browse.ts';
import { readSnapshot } from './readSnapshot.ts';
import { starterFiles } from './starterFiles.ts';
import type {
  CatalogQuestion,
  CatalogQuestions,
  FromCatalogThread,
  ToCatalogThread,
} from './threadProtocol.ts';

type Answers = {
  readonly [Q in CatalogQuestion]: (
    input: CatalogQuestions[Q]['input'],
  ) => Promise<CatalogQuestions[Q]['answer']>;
};

const answers: Answers = {
  page: async (input) => pageOf(await readSnapshot(input.path), input),
  object: async (input) => objectOf(await readSnapshot(input.path), input),
  compare: compareFiles,
  starterPipelines: starterFiles,
};

async function answerOf(message: ToCatalogThread): Promise<CatalogQuestions[CatalogQuestion]['answer']> {
  switch (message.question) {
    case 'page':
      return await answers.page(message.input);
    case 'object':
      return await answers.object(message.input);
    case 'compare':
      return await answers.compare(message.input);
    case 'starterPipelines':
      return await answers.starterPipelines(message.input);
  }
}

if (parentPort === null) throw new Error('this file is the start of a worker thread');
const daemon = parentPort;
const send = (message: FromCatalogThread): void => daemon.postMessage(message);
daemon.on('message', (message: ToCatalogThread) => {
  const { id } = message;
  answerOf(message).then(
    (answer) => send({ id, ok: true, answer }),
    (error: unknown) => {
      if (error instanceof ApiError)
        send({ id, ok: false, kind: error.kind, message: error.message, hint: error.data.hint });
      else
        send({
          id,
          ok: false,
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
    },
  );
});
