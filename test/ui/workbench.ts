/** The workbench as a person sees it: what is on the screen, and the keys and clicks that change it. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser';
import { root } from '../../scripts/bundle';
import { startCodeServer, workbenchUrl, type CodeServer, type CodeServerOptions } from '../../scripts/code-server';

export interface WorkbenchOptions {
  /** Folder whose copy is opened. */
  files: string;
  trust: CodeServerOptions['trust'];
  settings?: Record<string, unknown>;
  environment?: Record<string, string>;
}

export class Workbench {
  private constructor(
    private readonly server: CodeServer,
    private readonly browser: Browser,
    readonly page: Page,
    /** The copy that is opened. */
    readonly folder: string,
    private readonly temp: string,
  ) {}

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const temp = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hotloop-ui-')));
    const folder = path.join(temp, 'my scripts é');
    cpSync(options.files, folder, { recursive: true });
    const environment = { HOTLOOP_HOME: path.join(temp, 'home'), ...options.environment };
    const { trust, settings = {} } = options;
    let server: CodeServer | null = null;
    let browser: Browser | null = null;
    try {
      server = await startCodeServer({ trust, settings, environment, vsix: [path.join(root, 'hotloop.vsix')] });
      browser = await launchBrowser();
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-US', deviceScaleFactor: 1 });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(workbenchUrl(server, { folder }));
      await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
      return new Workbench(server, browser, page, folder, temp);
    } catch (error) {
      await browser?.close();
      await server?.stop();
      rmSync(temp, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Saves what is on the screen to shots/. */
  async shot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(root, 'shots', `${name}.png`) });
  }

  /** Opens a file from the explorer. */
  async openFile(name: string): Promise<void> {
    // The explorer lays its rows out anew while it loads: a double click that fell between two of them is made again.
    await this.until(async () => {
      await this.page.getByRole('treeitem', { name }).dblclick();
      await this.page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 5000 });
    });
    await this.editor.locator('.view-line').first().waitFor();
  }

  get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor[role="code"]').first();
  }

  get lenses(): Locator {
    return this.page.locator('.codelens-decoration a');
  }

  async lensText(): Promise<string> {
    return (await this.lenses.allInnerTexts()).map((text) => text.replace(/\u00a0/g, ' ').trim()).join(' | ');
  }

  get toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item-message');
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  get status(): Locator {
    return this.page.locator('.statusbar-item[id$="hotloop.status"]').first();
  }

  /** The inside of the report's webview. */
  get report(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  async answer(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button, exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input:visible').first();
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Puts the caret into the line that shows this text. */
  async placeCaret(text: string): Promise<void> {
    await this.editor.locator('.view-line', { hasText: text }).locator('span').last().click();
  }

  /** Opens a menu of code actions; an entry is chosen with `choose`. */
  async openActions(keys: 'Control+.' | 'Control+Shift+r'): Promise<Locator> {
    await this.page.keyboard.press(keys);
    const menu = this.page.locator('.action-widget:not(.action-list-submenu-panel)');
    await menu.waitFor();
    return menu;
  }

  async closeToasts(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
  }

  /** Repeats an assertion until it holds: the workbench draws lenses and decorations anew while they resolve. */
  async until(what: () => Promise<void> | void, milliseconds = 10_000): Promise<void> {
    const end = Date.now() + milliseconds;
    for (;;) {
      try {
        await what();
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.page.waitForTimeout(100);
      }
    }
  }

  /** All text that the editor shows, without the decorations behind lines. */
  async expectText(pattern: RegExp): Promise<void> {
    await this.until(async () => assert.match((await this.editor.locator('.view-lines').innerText()).replace(/\u00a0/g, ' '), pattern));
  }
}
