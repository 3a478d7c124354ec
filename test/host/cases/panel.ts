import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../extension/contributions';
import type { HotloopApi } from '../../../extension/extension';
import { panelHtml } from '../../../extension/panel/html';
import { Dialogs } from '../dialogs';
import { closeAll, energyText, hotloop, showScript, until } from '../fixture';
import { hotspotId, reportOn } from '../report-fixture';

const tabs = (): string[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => tab.label));

describe('the report panel', () => {
  let api: HotloopApi;
  let dialogs: Dialogs;

  beforeEach(async () => {
    api = await hotloop();
    dialogs = new Dialogs();
  });
  afterEach(async () => {
    dialogs.restore();
    api.reports.clear();
    await closeAll();
  });

  it('opens beside the code, and its page asks for the report', async () => {
    const editor = await showScript('energy.py', energyText);
    const path = editor.document.uri.fsPath;
    await api.reports.set(reportOn(path, energyText));
    await vscode.commands.executeCommand(commands.openReport.id, { path, hotspot: hotspotId });
    await until(() => assert.equal(api.panel.isReady, true));
    assert.ok(tabs().includes('Hotloop: energy.py'), tabs().join());
    assert.equal(vscode.window.visibleTextEditors.some((entry) => entry.document === editor.document), true, 'the code stays in view'); // prettier-ignore
  });

  it('says that there is no report yet', async () => {
    await vscode.commands.executeCommand(commands.openReport.id);
    assert.ok(dialogs.find(/There is no report yet/));
    assert.ok(!tabs().some((label) => label.startsWith('Hotloop')));
  });

  it('lets no script run but its own, and loads nothing from a network', () => {
    const html = panelHtml({ cspSource: 'https://self', script: 'https://self/a.js?"><script>alert(1)</script>', style: 'https://self/a.css' });
    const nonce = /script-src 'nonce-([\w-]+)'/.exec(html)?.[1] ?? '';
    assert.ok(nonce.length >= 16);
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /unsafe-(inline|eval)|\*/);
    assert.equal(html.match(/<script/g)?.length, 1, 'a path cannot become markup');
    assert.notEqual(html, panelHtml({ cspSource: 'https://self', script: '', style: '' }));
  });
});
