// Which language to translate to: a picker that remembers, by way of the setting that the light bulb goes by, too.
//
// Knows language codes and a setting. Knows nothing of translating.

import * as vscode from 'vscode';

/** Let the person pick; whether they did. `settingsRead` resolves when the server has next read the settings. */
export async function chooseLanguage(settingsRead: () => Promise<void>): Promise<boolean> {
  const settings = vscode.workspace.getConfiguration('inference');
  const current = settings.get('translate.to', '') || (vscode.env.language.split('-')[0] ?? 'en');
  const names = new Intl.DisplayNames([vscode.env.language, 'en'], { type: 'language' });
  const item = (code: string) => ({ label: names.of(code) ?? code, description: code, code });
  const others = CODES.filter((code) => code !== current).map(item);
  others.sort((one, other) => one.label.localeCompare(other.label));
  const chosen = await vscode.window.showQuickPick([item(current), ...others], {
    title: 'Translate to…',
    matchOnDescription: true,
  });
  if (!chosen) return false;
  if (chosen.code !== settings.get('translate.to', '')) {
    const inWorkspace = settings.inspect('translate.to')?.workspaceValue !== undefined;
    const read = settingsRead();
    await settings.update(
      'translate.to',
      chosen.code,
      inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
    await read;
  }
  return true;
}

const CODES =
  'ar bg bn ca cs da de el en eo es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka ko lt lv mk ms nb nl pl pt ro ru sk sl sq sr sv sw ta th tl tr uk ur vi zh'.split(
    ' ',
  );
