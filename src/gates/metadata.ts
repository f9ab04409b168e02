/** `metadata`: what people must have said of an entry. */
import { isJsonArray, isJsonObject, type JsonValue } from '../domain/canonical-json.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';

const TRAIN = 'train_manifest.json';

/**
 * `metadata: {required}`: each name is looked for as the entry's description (`description` alone), an annotation, then a
 * member of the train manifest by its dotted name, then of its `hparams`. An empty one is none.
 */
export const metadataGate: Gate = {
  name: 'metadata',
  says: 'metadata: {required: [description, hparams.lr]}: description, annotations, train manifest',
  basis: 'content',
  isAsked: ({ metadata }) => metadata !== undefined,
  judge: async ({ metadata }, inputs) => {
    const required = metadata?.required ?? [];
    const train = required.length === 0 ? undefined : await inputs.readJson(inputs.candidate, TRAIN);
    return required.map((name): GateVerdict => {
      const place = placeOf(name, inputs, train);
      const method = place === undefined ? 'no description, annotation or member of the train manifest' : place;
      return { gate: 'metadata', metric: name, method, outcome: place === undefined ? 'fail' : 'pass' };
    });
  },
};

function placeOf(name: string, { candidate }: GateInputs, train: JsonValue | undefined): string | undefined {
  const { description, annotations } = candidate.state;
  if (name === 'description' && isSaid(description)) return 'description';
  if (isSaid(annotations[name])) return 'annotation';
  if (isSaid(memberOf(train, name))) return TRAIN;
  return isSaid(memberOf(train, `hparams.${name}`)) ? `${TRAIN} hparams` : undefined;
}

/** A key that has dots itself goes before members of members. */
function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined;
  const whole = value.get(name);
  const dot = name.indexOf('.');
  return whole !== undefined || dot < 0 ? whole : memberOf(value.get(name.slice(0, dot)), name.slice(dot + 1));
}

function isSaid(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'string') return value.trim() !== '';
  if (isJsonArray(value)) return value.length > 0;
  return isJsonObject(value) ? value.size > 0 : true;
}
