/** Models, in a table and one by one. */
import type { ModelRow } from '../../operations/list-models.ts';
import { nameActor } from './actor.ts';
import { nameEntry, shortSha } from './entry-name.ts';
import { escapeControls } from './escape.ts';
import { renderKeyValues } from './key-values.ts';
import { formatCount, formatTime } from './quantity.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'MODEL', look: (style, cell) => style.bold(cell) },
  { title: 'LATEST' },
  { title: 'STAGES', least: 16 },
  { title: 'ENTRIES', align: 'right' },
  { title: 'PENDING', align: 'right' },
];

/** Only where there are descriptions: the stages need the room. */
const DESCRIPTION: Column = { title: 'DESCRIPTION', least: 11, look: (style, cell) => style.dim(cell) };

/** Returns one row a model. */
export function renderModels(models: readonly ModelRow[], style: Style, width: number): readonly string[] {
  const rows = models.map((model) => [
    model.model,
    model.latest ?? '-',
    stagesOf(model),
    String(model.entries),
    String(model.pending),
    [...(model.retired ? ['retired'] : []), ...(model.description === null ? [] : [model.description])].join(': '),
  ]);
  const isDescribed = rows.some((row) => row.at(-1) !== '');
  return renderTable(isDescribed ? [...COLUMNS, DESCRIPTION] : COLUMNS, rows, style, width);
}

/** Returns `production v1.1.0, staging v2.0.0`: what serves first. */
function stagesOf({ slots }: ModelRow): string {
  const stages = slots.map(({ stage, version, sha256 }) => `${stage} ${version ?? shortSha(sha256)}`);
  return stages.length === 0 ? '-' : stages.reverse().join(', ');
}

/** Returns what is known of one model. */
export function renderModel(model: ModelRow, style: Style): readonly string[] {
  const { createdAt, createdBy, description, displayName } = model;
  const created = createdBy === null ? [] : [`by ${nameActor(createdBy)}`];
  return renderKeyValues(
    [
      ['model', style.bold(model.model)],
      ['called', displayName === null ? undefined : escapeControls(displayName)],
      ['description', description === null ? undefined : escapeControls(description)],
      ['retired', model.retired ? style.yellow('yes') : undefined],
      ['latest', model.latest ?? 'no release yet'],
      [
        'stages',
        model.slots.map(({ stage, version, sha256 }) => `${style.green(stage)} ${nameEntry(version, sha256)}`),
      ],
      ['versions', String(model.versions)],
      ['entries', `${model.entries} registered, ${model.pending} pending`],
      ['created', createdAt === null ? undefined : [formatTime(createdAt), ...created].join(' ')],
      ['log', formatCount(model.events, 'event')],
      ['annotations', Object.entries(model.annotations).map(([key, value]) => escapeControls(`${key}=${value}`))],
    ],
    style,
  );
}
