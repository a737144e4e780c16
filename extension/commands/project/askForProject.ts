import type { NewConnection, NewProject } from '../../../daemon/client/scaffold.ts';
import { connectionTypes, type ConnectionType } from '../../../daemon/protocol/files/connections.ts';
import type { PickItem, Step } from '../ui/steps.ts';
import {
  connectionForms,
  connectionOf,
  fieldProblem,
  nameProblem,
  typeDescriptions,
  type FormField,
} from './connectionForms.ts';

export interface ProjectAnswers extends NewProject {
  /** Values by the names that the connections refer to. */
  readonly secrets: ReadonlyMap<string, string>;
}

type Side = 'source' | 'target';
interface SideDraft {
  name: string;
  type: ConnectionType;
  values: Record<string, string>;
}

/** The questions about a project of one's own. `answers` is whole when the steps have ended. */
export function askForProject(presetName: string): { first: Step; answers: ProjectAnswers } {
  const secrets = new Map<string, string>();
  const drafts: Record<Side, SideDraft> = {
    source: { name: 'legacy', type: 'postgres', values: {} },
    target: { name: 'warehouse', type: 'duckdb', values: {} },
  };
  const answers: { -readonly [K in keyof ProjectAnswers]: ProjectAnswers[K] } = {
    name: presetName,
    source: { name: '', definition: { type: 'duckdb', path: '' } },
    target: { name: '', definition: { type: 'duckdb', path: '' } },
    secrets,
  };

  const askName: Step = async (ask) => {
    answers.name = await ask.input({
      prompt: 'Name of the project',
      value: answers.name,
      validate: nameProblem,
    });
    return askType('source');
  };
  const askType =
    (side: Side): Step =>
    async (ask) => {
      const draft = drafts[side];
      const type = await ask.pick({
        placeholder: side === 'source' ? 'Source: what the data come from' : 'Target: what they are moved to',
        items: typeItems(),
        active: (each) => each === draft.type,
      });
      if (type !== draft.type) draft.values = {};
      draft.type = type;
      return askConnectionName(side);
    };
  const askConnectionName =
    (side: Side): Step =>
    async (ask) => {
      const draft = drafts[side];
      draft.name = await ask.input({
        prompt: `Name of the ${side} connection, as pipelines will say it`,
        value: draft.name,
        validate: (text) =>
          nameProblem(text) ??
          (side === 'target' && text === drafts.source.name ? 'The source connection has this name' : null),
      });
      return askFields(side, connectionForms[draft.type]);
    };
  const askFields = (side: Side, fields: readonly FormField[]): Step => {
    const [field, ...others] = fields;
    if (field === undefined) return finish(side);
    return async (ask) => {
      const { values, name, type } = drafts[side];
      const preset = values[field.key] ?? field.preset(name);
      if (field.choices !== undefined) {
        const items = field.choices.map((value) => ({ label: value, value }));
        values[field.key] = await ask.pick({
          placeholder: field.prompt,
          items,
          active: (each) => each === preset,
        });
        return askFields(side, others);
      }
      const text = await ask.input({
        prompt: field.prompt,
        value: preset,
        isPassword: field.isSecret,
        validate: (typed) => fieldProblem(type, field, typed),
      });
      // A blank may be a part of a password.
      values[field.key] = field.isSecret === true ? text : text.trim();
      return askFields(side, others);
    };
  };
  const finish =
    (side: Side): Step =>
    async () => {
      const { name, type, values } = drafts[side];
      const { definition, secret } = connectionOf(type, name, values);
      const connection: NewConnection = { name, definition };
      answers[side] = connection;
      if (secret !== undefined) secrets.set(secret.name, secret.value);
      return side === 'source' ? askType('target') : askSourceTable;
    };
  const askSourceTable: Step = async (ask) => {
    const table = await ask.input({
      prompt: `A table of ${answers.source.name} to compare first; empty: later`,
      value: answers.tables?.source ?? '',
      placeholder: 'public.customer',
    });
    answers.tables = undefined;
    return table.trim() === '' ? undefined : askTargetTable(table.trim());
  };
  const askTargetTable =
    (source: string): Step =>
    async (ask) => {
      const target = await ask.input({
        prompt: `What ${source} is called in ${answers.target.name}`,
        value: source.split('.').at(-1),
        validate: (text) => (text.trim() === '' ? 'Type the name of a table' : null),
      });
      answers.tables = { source, target: target.trim() };
      return undefined;
    };
  return { first: askName, answers };
}

function typeItems(): PickItem<ConnectionType>[] {
  return connectionTypes.map((type) => ({ label: type, description: typeDescriptions[type], value: type }));
}
