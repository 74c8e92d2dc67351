// Which model answers a task: what the target serves, a name typed by hand, or the target's own choice.
//
// Knows the setting `inference.models`. Knows no model.

import * as vscode from 'vscode';

/** Let the person choose. `served` asks the server for the models of a task; anything but a list means that it cannot
 * say, and has said why. `settingsRead` resolves when the server has next read the settings. */
export async function chooseModel(
  served: (task: string) => Promise<unknown>,
  settingsRead: () => Promise<void>,
): Promise<void> {
  const settings = vscode.workspace.getConfiguration('inference');
  const chosen = settings.get<Record<string, string>>('models', {});
  const tasks = TASKS.map(([task, used]) => ({ label: task, description: chosen[task] ?? 'default', detail: used }));
  const task = (await vscode.window.showQuickPick(tasks, { title: 'A model for…', matchOnDetail: true }))?.label;
  if (!task) return;
  const answer = await served(task);
  const ids = Array.isArray(answer) ? answer.filter((id) => typeof id === 'string') : [];
  const items = [DEFAULT, ANOTHER, ...ids.map((label) => ({ label }))];
  const item = await vscode.window.showQuickPick(items, { title: `The model for ${task}` });
  if (!item) return;
  const model = item === DEFAULT ? '' : item === ANOTHER ? await typed(task, chosen[task] ?? '') : item.label;
  if (model === undefined) return;
  const { [task]: _, ...others } = chosen;
  const inWorkspace = settings.inspect('models')?.workspaceValue !== undefined;
  const where = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  const read = settingsRead();
  await settings.update('models', model ? { ...others, [task]: model } : others, where);
  await read;
  const answers = model || 'the default model';
  vscode.window.setStatusBarMessage(`Inference: ${answers} answers ${task} from now on`, 5000);
}

async function typed(task: string, value: string): Promise<string | undefined> {
  const options = { title: `The model for ${task}`, value, placeHolder: 'organization/name', ignoreFocusOut: true };
  return (await vscode.window.showInputBox(options))?.trim() || undefined;
}

const DEFAULT = { label: '$(circle-large-outline) The default', description: "the target's own choice" };
const ANOTHER = { label: '$(edit) Another…', description: 'by its name' };
const TASKS = [
  ['summarization', 'Summarize'],
  ['translation', 'Translate'],
  ['text-generation', 'Complete, inline completions'],
  ['text-classification', 'Hovers'],
  ['token-classification', 'Hovers'],
] as const;
