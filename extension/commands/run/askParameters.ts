import type { ParameterValues } from '../../../daemon/protocol/files/batch.ts';
import { runSteps, type PickItem, type Questions, type Step } from '../ui/steps.ts';
import {
  choicesOf,
  describeDefaults,
  readParameter,
  type Parameter,
  type ParameterValue,
} from './parameters.ts';

/**
 * Values of a template's parameters. Those without a default are asked for; the others only if a person wants other values
 * than theirs, which the daemon fills in. Throws Dismissed at Escape.
 */
export async function askParameters(
  title: string,
  parameters: readonly Parameter[],
): Promise<ParameterValues> {
  const required = parameters.filter(({ is_required }) => is_required);
  const optional = parameters.filter(({ is_required }) => !is_required);
  const values: ParameterValues = {};
  const forget = () => {
    for (const { name } of optional) delete values[name];
  };

  const askAll = (left: readonly Parameter[], last: Step | undefined): Step | undefined => {
    const [parameter, ...others] = left;
    if (parameter === undefined) return last;
    return async (ask) => {
      values[parameter.name] = await askOne(ask, parameter, values[parameter.name]);
      return askAll(others, last);
    };
  };
  const askOptional: Step = async (ask) => {
    forget();
    const isDefault = await ask.pick({
      placeholder: 'Values of the parameters',
      items: [
        { label: 'Use defaults', description: describeDefaults(optional), value: true },
        { label: 'Set values…', description: optional.map(({ name }) => name).join(', '), value: false },
      ],
    });
    return isDefault ? undefined : askAll(optional, undefined);
  };
  const first = askAll(required, optional.length > 0 ? askOptional : undefined);
  if (first !== undefined) await runSteps(title, first);
  return values;
}

async function askOne(
  ask: Questions,
  parameter: Parameter,
  before: ParameterValue | undefined,
): Promise<ParameterValue> {
  const { name, description, type } = parameter;
  const preset = before ?? (parameter.default as ParameterValue | undefined);
  const choices = choicesOf(parameter);
  const prompt = description === undefined ? name : `${name}: ${description}`;
  if (choices !== undefined) {
    const items: PickItem<ParameterValue>[] = choices.map((value) => ({
      label: String(value),
      description: value === parameter.default ? 'default' : undefined,
      value,
    }));
    return ask.pick({ placeholder: prompt, items, active: (value) => value === preset });
  }
  const text = await ask.input({
    prompt: type === 'string' ? prompt : `${prompt} (${type})`,
    value: preset === undefined ? '' : String(preset),
    validate: (typed) => {
      const read = readParameter(parameter, typed);
      return 'problem' in read ? read.problem : null;
    },
  });
  const read = readParameter(parameter, text);
  return 'value' in read ? read.value : text;
}
