/** `signature`: whether those who call the baseline can call the entry. */
import { findBreaks, type ModelSignature } from '../domain/model-signature.ts';
import { clipped, listed } from '../domain/quoted.ts';
import { isSlotName } from '../domain/state.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { Gate, GateInputs, GateVerdict, JudgedEntry } from '../ports/gate.ts';
import { decodeModelSignature, decodeSignatureFile } from '../schema/decode-mlmodel.ts';

/** `signature: {compatible_with}`: by the MLmodel files, else signature.json. */
export const signatureGate: Gate = {
  name: 'signature',
  says: 'signature: {compatible_with: production}: no new required input, no output less, by MLmodel or signature.json',
  basis: 'content',
  isAsked: ({ signature }) => signature !== undefined,
  judge: async ({ signature }, inputs) =>
    signature === undefined ? [] : [await judgeSignature(signature.compatible_with, inputs)],
};

async function judgeSignature(spec: string, inputs: GateInputs): Promise<GateVerdict> {
  const say = (outcome: 'pass' | 'fail', method: string): GateVerdict => ({
    gate: 'signature',
    threshold: `compatible with ${clipped(spec)}`,
    method,
    outcome,
  });
  const baseline = await inputs.findEntry(spec);
  // A slot may be empty; a name of an entry that names none is a mistake, which must not pass.
  if (baseline === undefined)
    return isSlotName(spec) ? say('pass', 'no baseline: the slot is empty') : say('fail', 'it names no entry');
  const before = await readSignature(baseline, inputs);
  if (before === undefined) return say('pass', 'the baseline has no signature');
  const after = await readSignature(inputs.candidate, inputs);
  if (after === undefined)
    return say('fail', 'the baseline has a signature, the entry none: MLmodel or signature.json');
  const breaks = findBreaks(before, after);
  const against = `against ${baseline.sha256.slice(0, 12)}`;
  if (breaks.length > 0) return say('fail', `${against}: ${clipped(listed(breaks), 400)}`);
  return say('pass', `${against}: no new required input, no output less`);
}

async function readSignature(entry: JudgedEntry, inputs: GateInputs): Promise<ModelSignature | undefined> {
  const readText = async (path: string): Promise<string | undefined> => {
    const bytes = await inputs.readFile(entry, path);
    return bytes === undefined ? undefined : decodeUtf8(bytes);
  };
  const model = await readText('MLmodel');
  const found = model === undefined ? undefined : decodeModelSignature(model);
  if (found !== undefined) return found;
  const text = await readText('signature.json');
  return text === undefined ? undefined : decodeSignatureFile(text);
}
