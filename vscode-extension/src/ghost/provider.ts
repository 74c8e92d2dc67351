// Ghost text in the editor: the standard request, typed-ahead letters, and growth without a flicker.
//
// Knows VS Code's inline completions. Knows nothing of how the text comes about.

import * as vscode from 'vscode';
import { type InlineCompletionParams, InlineCompletionRequest, type LanguageClient } from 'vscode-languageclient/node';
import { INLINE_DISMISSED, INLINE_UPDATE, type InlineDismissed, type InlineUpdate } from '../protocol.ts';
import { SELECTOR } from '../server.ts';
import { GhostStore } from './store.ts';

/** The ghost text of all editors. `client` gives the server's client while it runs. */
export class GhostText implements vscode.Disposable {
  private readonly store = new GhostStore((session) => this.unwanted({ session }));
  private readonly disposables: vscode.Disposable[] = [];
  private registration: vscode.Disposable;
  private due = false;
  private growing = false;
  private refreshing: Promise<void> = Promise.resolve();
  private told = false;
  /** Where the person has said no: what is still under way shall not bring it back. */
  private dismissed: { uri: string; version: number } | undefined;
  /** Whether this editor can be told which provider to ask; not known before the first growth. */
  private namesProviders: boolean | undefined;

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
      if (this.store.update(update)) void this.grow(update.uri);
      this.tell();
    });
  }

  /** The server is gone: nothing will grow any more. */
  reset(): void {
    this.store.reset();
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
    if (known !== undefined)
      return list([new vscode.InlineCompletionItem(known, new vscode.Range(position, position))]);
    const client = this.client();
    if (!client || this.isDismissed(document, context) || endsSelection(document, position)) return undefined;
    const place = { uri: document.uri.toString(), version: document.version, offset };
    const begun = this.store.ask(place);
    const asking = new vscode.CancellationTokenSource();
    const link = token.onCancellationRequested(() => asking.cancel());
    const answer = this.ask(
      client,
      client.code2ProtocolConverter.asInlineCompletionParams(document, position, context),
      asking.token,
    );
    // With a chosen suggestion the text replaces a range: it does not simply go on from the caret.
    if (context.selectedCompletionInfo) {
      const items = await answer;
      this.store.drop();
      return token.isCancellationRequested ? undefined : list(items);
    }
    // Whatever comes first. Once the model has begun, its updates say all that the answer will say; and letters that are
    // typed along, which end this request of the editor, shall not end the model's.
    const beginning = begun.then(() => (this.namesProviders ? undefined : pause(BREATH)));
    const items = await Promise.race([answer, beginning]);
    link.dispose();
    const [first] = items ?? [];
    this.store.answer(place, first ? textOf(first) : '');
    this.tell();
    if (token.isCancellationRequested) return undefined;
    const shown = this.store.at(place.uri, offset);
    if (!shown) return undefined;
    const item = first ?? new vscode.InlineCompletionItem(shown, new vscode.Range(position, position));
    item.insertText = shown;
    return list([item]);
  }

  /** The server's answer; none if it fails: nobody asked for it, so nobody is told, but the log is. */
  private async ask(
    client: LanguageClient,
    params: InlineCompletionParams,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    try {
      const answer = await client.sendRequest(InlineCompletionRequest.type, params, token);
      const converted = await client.protocol2CodeConverter.asInlineCompletionResult(answer, token);
      return Array.isArray(converted) ? converted : (converted?.items ?? []);
    } catch (error) {
      if (!token.isCancellationRequested) client.outputChannel.debug(`inline completion: ${String(error)}`);
      return [];
    }
  }

  /** Show what has been added, and what is added meanwhile, as long as the caret is where the ghost text stands. */
  private async grow(uri: string): Promise<void> {
    this.due = true;
    if (this.growing) return;
    this.growing = true;
    try {
      while (this.due && this.isHere(uri)) {
        this.due = false;
        this.refreshing = this.refresh();
        await this.refreshing;
        if (!this.namesProviders) await pause(BETWEEN_FLICKERS);
      }
    } finally {
      this.growing = false;
    }
  }

  private isHere(uri: string): boolean {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.toString() !== uri || !editor.selection.isEmpty) return false;
    return Boolean(this.store.at(uri, editor.document.offsetAt(editor.selection.active)));
  }

  private async refresh(): Promise<void> {
    const previous = this.registration;
    this.registration = this.register();
    previous.dispose();
    this.namesProviders ??= await this.probe();
    if (this.namesProviders) {
      // Asks this provider only, and puts its answer in the place of what is shown, in one frame.
      await vscode.commands.executeCommand(TRIGGER, { providerId: `${this.extensionId}:*`, explicit: false });
    } else {
      // Without a name what is shown stays, so it is taken away first: a few frames are empty.
      const commands = [HIDE, TRIGGER];
      await vscode.commands.executeCommand('runCommands', { commands });
    }
  }

  /** An explicit request is a change of mind, unless it is the one that growth makes. */
  private isDismissed(document: vscode.TextDocument, context: vscode.InlineCompletionContext): boolean {
    const { uri, version } = this.dismissed ?? {};
    if (uri !== document.uri.toString() || version !== document.version) return false;
    return this.growing || context.triggerKind === vscode.InlineCompletionTriggerKind.Automatic;
  }

  private async dismiss(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    this.dismissed = document && { uri: document.uri.toString(), version: document.version };
    this.store.drop();
    this.tell();
    await vscode.commands.executeCommand(HIDE);
    await this.refreshing; // one that was under way may have shown it again
    if (document && document.version === this.dismissed?.version) await vscode.commands.executeCommand(HIDE);
  }

  /** Whether the trigger command knows its argument `providerId`: then it refuses one that is no string. Where it does
   * not, this is one more trigger, at a place where there is an answer in memory. */
  private async probe(): Promise<boolean> {
    try {
      await vscode.commands.executeCommand(TRIGGER, { providerId: 0 });
    } catch {
      return true;
    }
    // for the key that dismisses: it shall work in the moments without ghost text, too
    void vscode.commands.executeCommand('setContext', 'inference.ghostFlickers', true);
    return false;
  }

  private unwanted(params: InlineDismissed): void {
    void this.client()?.sendNotification(INLINE_DISMISSED, params);
  }

  /** Esc is ours only while there is something to stop; otherwise it is the editor's own. */
  private tell(): void {
    if (this.told === this.store.streaming) return;
    this.told = this.store.streaming;
    void vscode.commands.executeCommand('setContext', 'inference.ghostGrows', this.told);
  }
}

/** Whether the place is the end of a selection: what is typed there goes in its place, and not after it. */
function endsSelection(document: vscode.TextDocument, position: vscode.Position): boolean {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document || editor.selection.isEmpty) return false;
  return editor.selection.active.isEqual(position);
}

function list(items: vscode.InlineCompletionItem[]): vscode.InlineCompletionList {
  return new vscode.InlineCompletionList(items);
}

function textOf(item: vscode.InlineCompletionItem): string {
  return typeof item.insertText === 'string' ? item.insertText : item.insertText.value;
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
}

/** Milliseconds; where each growth costs an empty frame, there are fewer. */
const BETWEEN_FLICKERS = 400;
/** Milliseconds; there, too, what is written in one breath, as the embedded engine does, is shown in one piece. */
const BREATH = 60;
const HIDE = 'editor.action.inlineSuggest.hide';
const TRIGGER = 'editor.action.inlineSuggest.trigger';
