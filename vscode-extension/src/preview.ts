// The preview of a result: a document that the server writes, beside the one it is about, with its verdicts in its title.
//
// Knows the documents' addresses and where they open. Knows nothing of what is in them.

import * as vscode from 'vscode';
import { type LanguageClient, TextDocumentContentRequest } from 'vscode-languageclient/node';
import { jobOf } from './jobs.ts';
import { PREVIEW_SCHEME } from './protocol.ts';

/** Open a preview beside the text it is about, leaving the person where they are. */
export async function showPreview(client: LanguageClient | undefined, uri: vscode.Uri): Promise<boolean> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    // What the server said of it while it was being opened was of a document that the editor did not know yet.
    const providers = client?.getFeature(TextDocumentContentRequest.method)?.getProviders() ?? [];
    for (const provider of providers) if (provider.scheme === uri.scheme) provider.onDidChangeEmitter.fire(uri);
    const before = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.scheme === PREVIEW_SCHEME);
    await vscode.window.showTextDocument(document, {
      viewColumn: before?.viewColumn ?? vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    return true;
  } catch {
    return false;
  }
}

/** The job whose preview a command's argument names: the document of a title bar, or else the preview in front. */
export function previewedJob(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (argument instanceof vscode.Uri) return argument.scheme === PREVIEW_SCHEME ? jobOf(argument.path) : undefined;
  const shown = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  const uri = shown.find((editor) => editor?.document.uri.scheme === PREVIEW_SCHEME)?.document.uri;
  return uri && jobOf(uri.path);
}

/** Close every tab that shows the preview of a job. */
export async function closePreview(job: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const its = tabs.filter(
    ({ input }) =>
      input instanceof vscode.TabInputText && input.uri.scheme === PREVIEW_SCHEME && jobOf(input.uri.path) === job,
  );
  await vscode.window.tabGroups.close(its);
}
