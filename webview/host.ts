/** The other side: an editor, or nobody when the page is a file of its own. */
import { type HostMessage, type PanelMessage, readHostMessage } from './protocol';

interface EditorApi {
  postMessage(message: PanelMessage): void;
}
declare const acquireVsCodeApi: (() => EditorApi) | undefined;

// It may be asked for only once a page.
const editor = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : null;

export const inEditor = editor !== null;

export function post(message: PanelMessage): void {
  editor?.postMessage(message);
}

export function listen(receive: (message: HostMessage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = readHostMessage(event.data);
    if (message !== null) receive(message);
  });
}
