import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** One table of results. */
export interface ResultTable {
  readonly title: string;
  /** What was done and with which data. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Writes a table as Markdown. */
export function toMarkdown({ title, about, columns, rows }: ResultTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, '', about, '', line(columns), line(columns.map(() => '---')), ...rows.map(line), ''].join(
    '\n',
  );
}

/** Machine and versions, for the head of the results. */
export function environmentLines(): string[] {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const names = ['@nestjs/core', 'kafkajs', 'pg'].map((name) => `${name} ${dependencies[name]}`).join(', ');
  return [
    `- ${new Date().toISOString().slice(0, 10)}, commit ${commit}`,
    `- ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; client, servers, broker and database share them`,
    `- Node ${process.versions.node}, ${names}, PostgreSQL 18 (embedded), Apache Kafka 4 (one broker)`,
  ];
}

/** Tells a person how far the run is. */
export const progress = (text: string): void => void process.stderr.write(`${text}\n`);
