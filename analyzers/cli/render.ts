/** `hotloop render`: other formats of a report that was written before. Runs nothing. */
import { writeFileSync } from 'node:fs';
import { renderMarkdown } from '../report/markdown';
import { renderSpeedscope } from '../report/speedscope';
import type { Report } from '../types';
import { htmlOf } from './analysis';
import { exitCodes, tellRefusal, UsageError, type ExitCode } from './exit';
import { readReport } from './report-file';

export interface RenderOptions {
  html?: string;
  markdown?: string;
  speedscope?: string;
}

const formats: Record<keyof RenderOptions, (report: Report) => string | Promise<string>> = {
  html: htmlOf,
  markdown: renderMarkdown,
  speedscope: renderSpeedscope,
};

export async function runRender(reportFile: string, options: RenderOptions): Promise<ExitCode> {
  const wanted = (Object.keys(formats) as (keyof RenderOptions)[]).flatMap((format) => {
    const file = options[format];
    return file === undefined ? [] : [{ file, render: formats[format] }];
  });
  if (wanted.length === 0) throw new UsageError('Say what to make of it: --html FILE, --markdown FILE or --speedscope FILE; - is stdout.');
  const report = await readReport(reportFile);
  if (!report.ok) return tellRefusal(report.refusal);
  for (const { file, render } of wanted) {
    const text = await render(report.value);
    try {
      if (file === '-') process.stdout.write(text);
      else writeFileSync(file, text);
    } catch (error) {
      throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return exitCodes.done;
}
