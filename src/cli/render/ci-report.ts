/** A report in GitHub's and GitLab's Markdown. */
import { formatMetric } from '../../domain/metrics.ts';
import type { CiReportResult } from '../../operations/ci-report.ts';
import type { ComparedMetric } from '../../operations/compare-metrics.ts';
import type { LineageResult } from '../../operations/lineage.ts';
import { nameEntry, shortSha } from './entry-name.ts';
import { renderLineageMermaid } from './lineage-mermaid.ts';
import { markdownCode, markdownText } from './markdown.ts';
import { formatBytes, formatCount, formatTime } from './quantity.ts';
import { standingOf } from './standing.ts';

/** Metrics that are shown at once; the rest folds away. */
const SHOWN = 12;

const ARROWS: Readonly<Record<ComparedMetric['change'], string>> = {
  up: '↑',
  down: '↓',
  same: '=',
  new: 'new',
  gone: 'gone',
};

/** Returns the report. */
export function renderCiReport(report: CiReportResult, graph: LineageResult): readonly string[] {
  const { entry, against } = report;
  const version = entry.versions.at(-1) ?? null;
  const title = version === null ? 'candidate' : version;
  return [
    `## ${markdownText(entry.model)} ${entry.status === 'pending' ? 'candidate' : title} ${markdownCode(shortSha(entry.sha256))}`,
    '',
    ...(entry.description === null ? [] : [markdownText(entry.description), '']),
    ...summaryTable(report),
    '',
    ...metricSection(report, against === null ? undefined : nameEntry(against.version, against.sha256)),
    ...trainingSection(report),
    '### Lineage',
    '',
    '```mermaid',
    ...renderLineageMermaid(graph),
    '```',
    ...(graph.cut === 0
      ? []
      : ['', `${formatCount(graph.cut, 'further ancestor')}: \`git registry lineage\` shows all.`]),
  ];
}

function summaryTable({ entry }: CiReportResult): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['SHA', markdownCode(entry.sha256)],
    ['versions', entry.versions.length === 0 ? 'none yet' : entry.versions.join(', ')],
    ['standing', markdownText(standingOf(entry))],
    ['registered', `${formatTime(entry.registeredAt)} by ${markdownText(entry.registeredBy.name)}`],
    [
      'parents',
      entry.parents.length === 0 ? 'none' : entry.parents.map((sha) => markdownCode(shortSha(sha))).join(', '),
    ],
    ['bundle', `${entry.profile}, ${formatCount(entry.files, 'file')}, ${formatBytes(entry.bytes)}`],
  ];
  return ['| | |', '|---|---|', ...rows.map(([key, value]) => `| ${key} | ${value} |`)];
}

/** Key metrics first, then what changed; what is the same folds away. */
function metricSection({ metrics }: CiReportResult, against: string | undefined): readonly string[] {
  if (metrics.length === 0) return ['### Metrics', '', 'The bundle has no eval report with numbers.', ''];
  const head = `### Metrics${against === undefined ? '' : ` against ${markdownText(against)}`}`;
  const rank = ({ key, change }: ComparedMetric): number => (key ? 0 : change === 'same' ? 2 : 1);
  const sorted = [...metrics].sort((a, b) => rank(a) - rank(b));
  const shown = sorted.filter((metric, index) => metric.key || (index < SHOWN && rank(metric) < 2));
  const rest = sorted.filter((metric) => !shown.includes(metric));
  const compared = against !== undefined;
  return [
    head,
    '',
    ...(shown.length > 0 ? [...metricTable(shown, compared), ''] : []),
    ...(rest.length === 0
      ? []
      : [
          `<details><summary>${formatCount(rest.length, shown.length > 0 ? 'other metric' : 'metric')}</summary>`,
          '',
          ...metricTable(rest, compared),
          '',
          '</details>',
          '',
        ]),
  ];
}

function metricTable(metrics: readonly ComparedMetric[], compared: boolean): readonly string[] {
  const number = (value: string | null): string => (value === null ? '–' : formatMetric(value));
  if (!compared)
    return [
      '| metric | value |',
      '|---|--:|',
      ...metrics.map((m) => `| ${markdownText(m.name)} | ${number(m.value)} |`),
    ];
  return [
    '| metric | value | before | |',
    '|---|--:|--:|---|',
    ...metrics.map(
      ({ name, value, before, change }) =>
        `| ${markdownText(name)} | ${number(value)} | ${number(before)} | ${ARROWS[change]} |`,
    ),
  ];
}

function trainingSection({ training, against }: CiReportResult): readonly string[] {
  if (training.length === 0) return [];
  const cell = (value: string | null): string => (value === null ? '–' : markdownText(value));
  const rows =
    against === null
      ? [
          '| training | |',
          '|---|---|',
          ...training.map(({ name, value }) => `| ${markdownText(name)} | ${cell(value)} |`),
        ]
      : [
          '| training | value | before |',
          '|---|---|---|',
          ...training.map(({ name, value, before }) => {
            const same = value === before;
            return `| ${markdownText(name)} | ${cell(value)} | ${same ? 'the same' : cell(before)} |`;
          }),
        ];
  return ['### Training', '', ...rows, ''];
}
