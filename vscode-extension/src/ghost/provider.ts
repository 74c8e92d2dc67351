// Ghost text in the editor: the standard request, typed-ahead letters, and growth without a flicker.
//
// Knows VS Code's inline completions. Knows nothing of how the text comes about.

import * as vscode from 'vscode';
import { InlineCompletionRequest, type LanguageClient } from 'vscode-languageclient/node';
import { INLINE_UPDATE, type InlineUpdate } from '../protocol.ts';
import { SELECTOR } from '../server.ts';
import { GhostStore } from './store.ts';

/** The ghost text of all editors. `client` gives the server's client while it runs. */
export class GhostText implements vscode.Disposable {
  private readonly store = new GhostStore();
  private readonly disposables: vscode.Disposable[] = [];
  private registration: vscode.Disposable;
  private waiting = false;

  constructor(
    private readonly client: () => LanguageClient | undefined,
    private readonly extensionId: string,
  ) {
    this.registration = this.register();
    this.disposables.push(
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.store.change(event.document.uri.toString(), event.contentChanges);
        this.tell();
      }),
      vscode.commands.registerCommand('inference.dismissInline', () => this.dismiss()),
    );
  }

  /** To be called of each new client, before it starts. */
  listen(client: LanguageClient): void {
    client.onNotification(INLINE_UPDATE, (update: InlineUpdate) => {
      if (this.store.update(update)) this.grow(update.uri);
      this.tell();
    });
  }

  /** The server is gone: nothing will grow any more. */
  reset(): void {
    this.store.drop();
    this.tell();
  }

  dispose(): void {
    this.registration.dispose();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** A provider object that is new to the editor, which therefore asks it instead of what it remembers. */
  private register(): vscode.Disposable {
    return vscode.languages.registerInlineCompletionItemProvider(SELECTOR, {
      provideInlineCompletionItems: (document, position, context, token) =>
        this.provide(document, position, context, token),
    });
  }

  private async provide(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionList | undefined> {
    const offset = document.offsetAt(position);
    const known = context.selectedCompletionInfo ? undefined : this.store.at(document.uri.toString(), offset);
    if (known === '') return undefined;
    if (known !== undefined) return list([new vscode.InlineCompletionItem(known, new vscode.Range(position, position))]);
    const client = this.client();
    if (!client) return undefined;
    const place = { uri: document.uri.toString(), version: document.version, offset };
    this.store.ask(place);
    const params = client.code2ProtocolConverter.asInlineCompletionParams(document, position, context);
    let items: vscode.InlineCompletionItem[];
    try {
      const answer = await client.sendRequest(InlineCompletionRequest.type, params, token);
      const converted = await client.protocol2CodeConverter.asInlineCompletionResult(answer, token);
      items = Array.isArray(converted) ? converted : (converted?.items ?? []);
    } catch (error) {
      // Nobody asked for it, so nobody is told; the log is.
      if (!token.isCancellationRequested) client.outputChannel.debug(`inline completion: ${String(error)}`);
      return undefined;
    }
    const first = items[0];
    // With a chosen suggestion the text replaces a range: it does not simply go on from the caret.
    if (context.selectedCompletionInfo) this.store.drop();
    else this.store.answer(place, first ? textOf(first) : '');
    this.tell();
    if (token.isCancellationRequested) return undefined;
    const grown = this.store.at(place.uri, offset);
    if (first && grown) first.insertText = grown;
    return list(items);
  }

  /** Show what has been added, if the caret is still where the ghost text stands. */
  private grow(uri: string): void {
    const editor = vscode.window.activeTextEditor;
    if (this.waiting || editor?.document.uri.toString() !== uri || !editor.selection.isEmpty) return;
    if (!this.store.at(uri, editor.document.offsetAt(editor.selection.active))) return;
    this.waiting = true;
    void this.refresh().finally(() => {
      this.waiting = false;
    });
  }

  private async refresh(): Promise<void> {
    const previous = this.registration;
    this.registration = this.register();
    previous.dispose();
    if (NAMES_PROVIDERS) {
      const only = { providerId: `${this.extensionId}:*`, explicit: false };
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger', only);
    } else {
      const both = ['editor.action.inlineSuggest.hide', 'editor.action.inlineSuggest.trigger'];
      await vscode.commands.executeCommand('runCommands', { commands: both });
    }
  }

  private async dismiss(): Promise<void> {
    this.store.drop();
    this.tell();
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', 'inference.ghostGrows', this.store.streaming);
  }
}

function list(items: vscode.InlineCompletionItem[]): vscode.InlineCompletionList {
  return new vscode.InlineCompletionList(items);
}

function textOf(item: vscode.InlineCompletionItem): string {
  return typeof item.insertText === 'string' ? item.insertText : item.insertText.value;
}

const NAMES_PROVIDERS = true;
