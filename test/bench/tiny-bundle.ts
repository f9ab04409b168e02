/** A bundle on disk that is small and new: what `register` is measured with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes an lm/1 bundle to a folder that is there; another `label` makes another entry. */
export function writeTinyBundle(folder: string, label: string): void {
  const text = (value: unknown): string => `${JSON.stringify(value)}\n`;
  writeFileSync(join(folder, 'model.safetensors'), safetensors(label));
  writeFileSync(join(folder, 'config.json'), text({ model_type: 'bench' }));
  writeFileSync(join(folder, 'tokenizer.json'), text({ model: { type: 'BPE', vocab: { a: 0 } } }));
  writeFileSync(join(folder, 'eval_report.json'), text({ accuracy: 0.5, label }));
  writeFileSync(join(folder, 'train_manifest.json'), text({ label, parent_sha: null, seed: 1 }));
}

/** One tensor of bytes: its header's length in 8 bytes, the header, the label. */
function safetensors(label: string): Buffer {
  const body = Buffer.from(label);
  const header = JSON.stringify({ label: { dtype: 'U8', shape: [body.length], data_offsets: [0, body.length] } });
  // Padded with spaces to a multiple of 8, as the format's own writer does.
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, Buffer.from(padded), body]);
}
