/** Whether this program knows all that an event says (format §6.3): what it does not, it must not replay (format §7.3). */
import { ForeignNumber } from '../document-json.ts';
import type { Envelope, EventBody, EventKind, LoggedEvent } from '../event.ts';

/** `open`: any value. A record: the members of an object, or of each object of an array. */
type Shape = 'open' | { readonly [member: string]: Shape };
type Body<K extends EventKind> = Extract<EventBody, { readonly kind: K }>;
/** A shape that names every member, so that a new one that is not listed does not compile. */
type Members<T> = { readonly [M in keyof Required<T>]: Shape };

const ACTOR = { name: 'open', email: 'open' } as const;
const ENVELOPE: Members<Envelope> = {
  v: 'open',
  id: 'open',
  seq: 'open',
  prev: 'open',
  at: 'open',
  by: ACTOR,
  onBehalfOf: ACTOR,
  model: 'open',
};
const VERDICT = {
  gate: 'open',
  metric: 'open',
  value: 'open',
  threshold: 'open',
  method: 'open',
  evidence: 'open',
  outcome: 'open',
} as const;
const MLFLOW = { run_id: 'open', experiment_id: 'open', model_version: 'open', source: 'open' } as const;
const APPROVAL = { kind: 'open', sha256: 'open', to: 'open', policy: 'open', report: 'open', comment: 'open' } as const;

/** `point` and `experiment` may say what they like (format §6.3). */
const BODIES: { readonly [K in EventKind]: 'open' | Members<Body<K>> } = {
  create: { kind: 'open', description: 'open', tags: 'open' },
  register: {
    kind: 'open',
    sha256: 'open',
    manifest: 'open',
    pending: 'open',
    expires: 'open',
    version: 'open',
    description: 'open',
    mlflow: MLFLOW,
  },
  promote: { kind: 'open', sha256: 'open', version: 'open' },
  stage: {
    kind: 'open',
    sha256: 'open',
    version: 'open',
    from: 'open',
    to: 'open',
    cause: 'open',
    emergency: 'open',
    replaced: 'open',
    policy: 'open',
    verdicts: VERDICT,
    approvals: 'open',
    reason: 'open',
  },
  annotate: { kind: 'open', sha256: 'open', version: 'open', set: 'open', unset: 'open' },
  tombstone: { kind: 'open', sha256: 'open', reason: 'open' },
  expire: { kind: 'open', sha256: 'open' },
  rename: { kind: 'open', to: 'open' },
  retire: { kind: 'open' },
  point: 'open',
  approve: APPROVAL,
  reject: APPROVAL,
  withdraw: { kind: 'open', event: 'open' },
  gate: { kind: 'open', sha256: 'open', to: 'open', report: 'open' },
  deploy: { kind: 'open', sha256: 'open', endpoint: 'open', status: 'open' },
  reproduce: { kind: 'open', sha256: 'open', result: 'open' },
  alias: { kind: 'open', name: 'open', sha256: 'open', version: 'open' },
  experiment: 'open',
  void: { kind: 'open', event: 'open', reason: 'open', other: 'open' },
};

/** Tells whether an event is of a known kind and holds no member, and no number, that this program does not know. */
export function isWhollyKnown({ event }: LoggedEvent): boolean {
  if (event.kind === 'unknown') return false;
  const body = BODIES[event.kind];
  return fits(event, body === 'open' ? 'open' : { ...ENVELOPE, ...body });
}

function fits(value: unknown, shape: Shape): boolean {
  if (value instanceof ForeignNumber) return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every((item) => fits(item, shape));
  return Object.entries(value).every(([member, inner]) => {
    if (shape === 'open') return fits(inner, 'open');
    const known = Object.hasOwn(shape, member) ? shape[member] : undefined;
    return known !== undefined && fits(inner, known);
  });
}
