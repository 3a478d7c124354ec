import { randomBytes } from 'node:crypto';

export interface PanelResources {
  /** The webview's own origin, as a source of the content security policy. */
  cspSource: string;
  script: string;
  style: string;
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** The page around the report. It holds no data: the report comes as a message, so nothing hostile in it is ever parsed as HTML. */
export function panelHtml(resources: PanelResources): string {
  const nonce = randomBytes(16).toString('base64url');
  // Scripts only with the nonce, styles only from the bundle, and nothing from a network.
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${resources.cspSource}`,
    `img-src ${resources.cspSource} data:`,
    `font-src ${resources.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escape(resources.style)}">
<title>Hotloop report</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${escape(resources.script)}"></script>
</body>
</html>`;
}
