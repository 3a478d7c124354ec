import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Report } from '../types';
import { maskReport } from './export-mask';

export interface HtmlAssets {
  /** The webview's bundle, as built. */
  script: string;
  style: string;
}

/** What a report may weigh as one file; the least useful parts are left out first. */
const MOST_BYTES = 1_500_000;

const escapeHtml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON that no HTML parser can read anything else out of. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c').replace(/>/g, '\\u003e').replace(/&/g, '\\u0026').replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029'); // prettier-ignore
}

/**
 * The report as one HTML file that needs nothing else and loads nothing: script and style are allowed by their hashes, all else is forbidden.
 * Arguments and the home folder are masked. At most 1.5 MB.
 */
export function renderHtml(report: Report, assets: HtmlAssets): string {
  // The report holds text of others: it is data in a script element that is never run, and the page builds its nodes from it.
  const script = assets.script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
  const style = assets.style.replace(/<\/(style)/gi, '<\\/$1');
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const masked = maskReport(report);
  const page = (data: Report): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Hotloop ${escapeHtml(report.environment.hotloop)}">
<title>${escapeHtml(path.basename(report.source.path))}: Hotloop report</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This report needs JavaScript, which it holds itself. The same as text: hotloop render REPORT.json --markdown FILE</noscript>
<script type="application/json" id="hotloop-report">${embeddedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
  const lighter: ((data: Report) => Report)[] = [
    (data) => data,
    (data) => ({ ...data, stacks: [] }),
    (data) => ({ ...data, lines: data.lines.slice(0, 100), effects: data.effects.slice(0, 50), timeline: data.timeline.slice(0, 100) }),
    (data) => ({ ...data, candidates: data.candidates.map((candidate) => ({ ...candidate, edits: [], diff: undefined })) }),
  ];
  let data = masked;
  let html = '';
  for (const step of lighter) {
    data = step(data);
    html = page(data);
    if (Buffer.byteLength(html) <= MOST_BYTES) break;
  }
  return html;
}
