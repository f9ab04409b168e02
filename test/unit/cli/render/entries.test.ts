import { describe, expect, test } from 'vitest';
import { renderEntries } from '../../../../src/cli/render/entries.ts';
import { renderModel, renderModels } from '../../../../src/cli/render/model.ts';
import { renderShow } from '../../../../src/cli/render/show.ts';
import { renderMoves, renderStages } from '../../../../src/cli/render/stages.ts';
import { colourStyle, plainStyle } from '../../../../src/cli/render/style.ts';
import { displayWidth } from '../../../../src/cli/render/width.ts';
import type { Md5, ObjectId } from '../../../../src/domain/digest.ts';
import type { ModelName } from '../../../../src/domain/model-name.ts';
import type { Version } from '../../../../src/domain/version.ts';
import type { EntryDescription } from '../../../../src/operations/describe-entry.ts';
import type { HistoryMove } from '../../../../src/operations/history.ts';
import type { ModelRow } from '../../../../src/operations/list-models.ts';
import type { ShowResult } from '../../../../src/operations/show.ts';
import type { StageRow } from '../../../../src/operations/stages.ts';
import { shaOf } from '../../../support/lineage-results.ts';

const PLAIN = plainStyle(true);
const AT = '2026-01-31T12:34:56.789Z';
const ADA = { name: 'Ada Lovelace', email: 'ada@example.org' };
const GRACE = { name: 'Grace', email: '' };
const MODEL = 'tutor' as ModelName;

function versions(...texts: string[]): readonly Version[] {
  return texts as unknown as readonly Version[];
}

function version(text: string): Version {
  return text as Version;
}

function entry(more: Partial<EntryDescription> = {}): EntryDescription {
  return {
    sha256: shaOf('a1'),
    commit: 'c1'.padEnd(40, '0') as ObjectId,
    model: MODEL,
    number: 3,
    versions: versions('v1.0.0', 'v1.1.0'),
    stage: 'production',
    status: 'ready',
    registeredAt: AT,
    registeredBy: ADA,
    onBehalfOf: null,
    expires: null,
    stagedAt: null,
    stagedBy: null,
    stagedOnBehalfOf: null,
    tombstone: null,
    description: null,
    annotations: {},
    ...more,
  };
}

function shown(more: Partial<ShowResult> = {}): ShowResult {
  return {
    ...entry(),
    profile: 'files/1',
    parents: [],
    inputs: [],
    files: [],
    metrics: [],
    params: {},
    training: { corpus: null, tokenizer: null, code: null, seed: null },
    signature: null,
    signed: null,
    runId: null,
    mlflow: null,
    promotedAt: null,
    promotedBy: null,
    promotedOnBehalfOf: null,
    approvedBy: [],
    deployedAt: null,
    deployments: [],
    ...more,
  };
}

describe('a list of entries', () => {
  const rows = [
    {
      ...entry(),
      keyMetrics: [
        { name: 'accuracy', value: '0.98765' },
        { name: 'samples', value: '1200' },
      ],
    },
    { ...entry({ sha256: shaOf('b2'), versions: [], status: 'pending', stage: null }), keyMetrics: [] },
    { ...entry({ versions: versions('v0.9.0'), status: 'tombstoned', stage: null }), keyMetrics: [] },
  ];

  test('names entries by their versions, newest first, or by their SHA', () => {
    expect(renderEntries(rows, PLAIN, Infinity)).toEqual([
      'VERSION         STAGE       REGISTERED         KEY METRICS',
      'v1.1.0, v1.0.0  production  2026-01-31 12:34Z  accuracy=0.9877 samples=1200',
      'b20000000000    pending     2026-01-31 12:34Z  -',
      'v0.9.0          tombstoned  2026-01-31 12:34Z  -',
    ]);
  });

  test('fits the width by cutting metrics first', () => {
    const lines = renderEntries(rows, PLAIN, 64);
    expect(Math.max(...lines.map(displayWidth))).toBe(64);
    expect(lines[1]).toBe('v1.1.0, v1.0.0  production  2026-01-31 12:34Z  accuracy=0.9877 …');
  });
});

describe('models', () => {
  const model: ModelRow = {
    model: MODEL,
    displayName: null,
    description: null,
    latest: version('v1.1.0'),
    slots: [
      { stage: 'staging', sha256: shaOf('b2'), version: null },
      { stage: 'production', sha256: shaOf('a1'), version: version('v1.1.0') },
    ],
    versions: 2,
    entries: 3,
    pending: 1,
    createdAt: AT,
    createdBy: ADA,
    events: 9,
    annotations: {},
    retired: false,
  };

  test('are listed with what they serve, the highest stage first', () => {
    expect(renderModels([model], PLAIN, Infinity)).toEqual([
      'MODEL  LATEST  STAGES                                   ENTRIES  PENDING',
      'tutor  v1.1.0  production v1.1.0, staging b20000000000        3        1',
    ]);
  });

  test('are described in a column of its own, where one of them is', () => {
    const bare = { ...model, slots: [], latest: null };
    const lines = renderModels([bare, { ...bare, retired: true, description: 'old' }], PLAIN, Infinity);
    expect(lines).toEqual([
      'MODEL  LATEST  STAGES  ENTRIES  PENDING  DESCRIPTION',
      'tutor  -       -             3        1',
      'tutor  -       -             3        1  retired: old',
    ]);
  });

  test('are shown one by one with all that is known', () => {
    const lines = renderModel(
      { ...model, displayName: 'Teacher', description: 'two\nlines', retired: true, annotations: { owner: 'ada' } },
      PLAIN,
    );
    expect(lines).toEqual([
      'model        tutor',
      'called       Teacher',
      'description  two\\nlines',
      'retired      yes',
      'latest       v1.1.0',
      'stages       staging b20000000000',
      '             production v1.1.0 (a10000000000)',
      'versions     2',
      'entries      3 registered, 1 pending',
      'created      2026-01-31 12:34Z by Ada Lovelace',
      'log          9 events',
      'annotations  owner=ada',
    ]);
  });
});

describe('an entry in full', () => {
  test('says where it stands, who put it there, and what it was made of', () => {
    const lines = renderShow(
      shown({
        stagedAt: AT,
        stagedBy: ADA,
        stagedOnBehalfOf: GRACE,
        onBehalfOf: GRACE,
        signed: 'ssh',
        description: 'a base',
        annotations: { owner: 'ada' },
        parents: [shaOf('b2')],
        inputs: [shaOf('d4')],
        training: { corpus: 'c0.dir', tokenizer: 't0', code: 'e0', seed: '42' },
        runId: 'run-1',
        mlflow: { run_id: 'run-1' },
        status: 'deployed',
        promotedAt: '2026-01-30T12:34:56.000Z',
        promotedBy: ADA,
        deployedAt: AT,
        deployments: [
          { endpoint: 'us', status: 'deployed', at: AT, by: ADA, onBehalfOf: null, replaced: true },
          { endpoint: 'eu', status: 'deployed', at: AT, by: ADA, onBehalfOf: GRACE, replaced: false },
        ],
        params: { lr: '0.01' },
        metrics: [
          { name: 'by.verb', value: '0.5' },
          { name: 'accuracy', value: '0.75' },
        ],
        signature: {
          inputs: [
            { name: 'x', type: 'double', required: true },
            { name: null, type: 'float32[-1,4]', required: false },
          ],
          outputs: [{ name: 'y', type: 'string', required: true }],
          params: [],
        },
        files: [
          {
            path: 'config.json',
            role: 'config',
            bytes: 27,
            sha256: shaOf('f1'),
            store: 'git',
            here: true,
            format: null,
          },
          {
            path: 'model.gguf',
            role: 'weights',
            bytes: 2048,
            sha256: shaOf('f2'),
            md5: 'm'.repeat(32) as Md5,
            store: 'cache',
            here: false,
            format: null,
          },
        ],
      }),
      PLAIN,
      60,
    );
    expect(lines).toEqual([
      `sha256       ${shaOf('a1')}`,
      'model        tutor',
      'versions     v1.1.0, v1.0.0',
      'number       3',
      'stage        production since 2026-01-31 12:34Z by Ada Lovelace <ada@example.org> for Grace',
      'promoted     2026-01-30 12:34Z by Ada Lovelace <ada@example.org>',
      'status       deployed',
      'registered   2026-01-31 12:34Z by Ada Lovelace <ada@example.org> for Grace, signed (ssh)',
      'deployed     2026-01-31 12:34Z deployed at us, replaced since, by Ada Lovelace <ada@example.org>',
      '             2026-01-31 12:34Z deployed at eu, by Ada Lovelace <ada@example.org> for Grace',
      'description  a base',
      'annotations  owner=ada',
      'profile      files/1',
      'parents      b20000000000',
      'inputs       d40000000000',
      'corpus       c0.dir',
      'tokenizer    t0',
      'code         e0',
      'seed         42',
      'run          run-1',
      'mlflow       run_id=run-1',
      'signature    takes x: double, float32[-1,4] (optional)',
      '             gives y: string',
      'params       lr=0.01',
      'metrics      accuracy  0.7500',
      '             by.verb   0.5000',
      '',
      'FILE         ROLE        SIZE  FORMAT    SHA-256',
      'config.json  config      27 B  -         f10000000000000000…',
      'model.gguf   weights  2.0 KiB  not here  f20000000000000000…',
    ]);
  });

  test('is a candidate until its time is over', () => {
    const lines = renderShow(shown({ status: 'pending', stage: null, versions: [], expires: AT }), PLAIN, Infinity);
    expect(lines).toContain('status      pending until 2026-01-31 12:34Z');
    expect(lines.filter((line) => /^(?:versions|stage)/.test(line))).toEqual([]);
  });

  test('has its tombstone shown, with the reason on one line', () => {
    const tombstone = { at: AT, by: ADA, onBehalfOf: GRACE, reason: 'leaked\nagain' };
    const lines = renderShow(shown({ status: 'tombstoned', stage: null, tombstone }), PLAIN, Infinity);
    expect(lines).toContain(
      'tombstone   2026-01-31 12:34Z by Ada Lovelace <ada@example.org> for Grace: leaked\\nagain',
    );
  });

  test('counts the numbers beyond the first dozen, the deepest last', () => {
    const metrics = Array.from({ length: 20 }, (_, index) => ({ name: `by.verb.${index}`, value: '1' }));
    const lines = renderShow(shown({ metrics: [...metrics, { name: 'loss', value: '0.1' }] }), PLAIN, Infinity);
    expect(lines.find((line) => line.startsWith('metrics'))).toBe('metrics     loss        0.1000');
    expect(lines).toContain('            and 9 more in eval_report.json');
  });

  test('is painted without its escapes being obeyed', () => {
    const style = colourStyle(true);
    const lines = renderShow(shown({ description: '\u001b[2J' }), style, 80).map(style.finish);
    expect(lines.join('\n')).toContain('\u001b[32mproduction\u001b[39m');
    expect(lines.join('\n')).toContain('\\x1b[2J');
  });
});

describe('stages', () => {
  const empty: StageRow = {
    stage: 'staging',
    sha256: null,
    version: null,
    since: null,
    by: null,
    former: null,
    formerVersion: null,
    onBehalfOf: null,
  };

  test('show who is in them and whom a rollback would bring back', () => {
    const production: StageRow = {
      ...empty,
      stage: 'production',
      sha256: shaOf('a1'),
      version: version('v1.1.0'),
      since: AT,
      by: ADA,
      former: shaOf('b2'),
    };
    expect(
      renderStages([empty, production, { ...production, formerVersion: version('v1.0.0') }], PLAIN, Infinity),
    ).toEqual([
      'STAGE       VERSION  SHA           SINCE              BY            BEFORE',
      'staging     -        -             -                  -             -',
      'production  v1.1.0   a10000000000  2026-01-31 12:34Z  Ada Lovelace  b20000000000',
      'production  v1.1.0   a10000000000  2026-01-31 12:34Z  Ada Lovelace  v1.0.0',
    ]);
  });
});

describe('stage moves', () => {
  const move: HistoryMove = {
    event: 'e',
    emergency: false,
    approvedBy: [],
    seq: 7,
    at: AT,
    by: ADA,
    onBehalfOf: null,
    cause: 'promote',
    sha256: shaOf('a1'),
    version: version('v1.1.0'),
    from: 'staging',
    to: 'production',
    replaced: shaOf('b2'),
    replacedVersion: version('v1.0.0'),
    reason: null,
  };
  const before: HistoryMove = {
    ...move,
    sha256: shaOf('b2'),
    version: version('v1.0.0'),
    from: null,
    replaced: null,
    replacedVersion: null,
    onBehalfOf: GRACE,
  };

  test('name whom they replaced by its version', () => {
    expect(renderMoves([move, before], PLAIN, Infinity)).toEqual([
      'WHEN               VERSION  MOVE                  BECAUSE  REPLACED  BY',
      '2026-01-31 12:34Z  v1.1.0   staging → production  promote  v1.0.0    Ada Lovelace',
      '2026-01-31 12:34Z  v1.0.0   → production          promote  -         Ada Lovelace for Grace',
    ]);
  });

  test('have a column for reasons where there are any, and SHAs where there is no version', () => {
    const rollback: HistoryMove = {
      ...move,
      version: null,
      replacedVersion: null,
      cause: 'rollback',
      reason: 'wrong answers',
    };
    expect(renderMoves([rollback], plainStyle(false), Infinity)).toEqual([
      'WHEN               VERSION       MOVE                   BECAUSE   REPLACED      BY            REASON',
      '2026-01-31 12:34Z  a10000000000  staging -> production  rollback  b20000000000  Ada Lovelace  wrong answers',
    ]);
  });
});
