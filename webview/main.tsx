import { render } from 'preact';
import { inEditor, listen, post } from './host';
import { readHostMessage } from './protocol';
import { receive } from './state';
import { followTheme } from './theme';
import { Page } from './views/page';
import './main.css';

followTheme();
const embedded = document.getElementById('hotloop-report');
if (embedded?.textContent) {
  const message = readHostMessage({ type: 'report', report: JSON.parse(embedded.textContent) as unknown, complete: true, stale: [] });
  if (message !== null) receive(message);
}
const app = document.getElementById('app');
if (app !== null) render(<Page />, app);
if (inEditor) {
  listen(receive);
  post({ type: 'ready' });
}
