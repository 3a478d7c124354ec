/** Which Python the script is started with, as the person chose it in the editor. Null: the engine looks as a shell in that folder would. */
import { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';
import { settings } from './contributions';

/** What is used of the newer extension "Python Environments"; it publishes no types on the registry. */
interface EnvironmentsApi {
  getEnvironment(scope: vscode.Uri): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
}
const environmentsExtension = 'ms-python.vscode-python-envs';
const pythonExtension = 'ms-python.python';

export async function chosenPython(script: vscode.Uri, log: vscode.LogOutputChannel): Promise<string | null> {
  const setting = vscode.workspace.getConfiguration(undefined, script).get(settings.python.key, '').trim();
  if (setting !== '') return setting;
  // Another extension's failure must not keep a script from being measured: the engine still finds an interpreter.
  try {
    return (await fromEnvironments(script)) ?? (await fromPythonExtension(script));
  } catch (error) {
    log.warn(`The Python extension did not tell its interpreter: ${String(error)}`);
    return null;
  }
}

async function fromEnvironments(script: vscode.Uri): Promise<string | null> {
  const extension = vscode.extensions.getExtension<EnvironmentsApi>(environmentsExtension);
  if (extension === undefined) return null;
  const api = await extension.activate();
  return (await api.getEnvironment(script))?.execInfo?.run?.executable ?? null;
}

async function fromPythonExtension(script: vscode.Uri): Promise<string | null> {
  if (vscode.extensions.getExtension(pythonExtension) === undefined) return null;
  const { environments } = await PythonExtension.api();
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(script));
  return environment?.executable.uri?.fsPath ?? null;
}

/** The Python extension's own list where it is installed, else a file to point at. */
export async function choosePython(): Promise<void> {
  if (vscode.extensions.getExtension(pythonExtension) !== undefined) {
    await vscode.commands.executeCommand('python.setInterpreter');
    return;
  }
  const files = await vscode.window.showOpenDialog({ title: 'Python interpreter', openLabel: 'Use This Python', canSelectMany: false });
  const file = files?.[0];
  if (file === undefined) return;
  const target = vscode.workspace.workspaceFolders === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration().update(settings.python.key, file.fsPath, target);
}
