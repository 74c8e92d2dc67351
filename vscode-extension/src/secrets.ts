// Credentials in the editor's own secret store, an origin each, and nowhere else.
//
// Knows SecretStorage and origins. Knows no backend. No credential is ever logged, shown, or put into a setting.

import * as vscode from 'vscode';
import { HUGGING_FACE, originOf } from './origins.ts';

/** The credentials of this person on this machine. */
export class Secrets implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<string>();
  private readonly asked = new Set<string>();
  private readonly listening: vscode.Disposable;

  /** Fires with each origin asked for whose credential is another now, in whichever window it was set or cleared. */
  readonly onDidChange = this.changes.event;

  constructor(private readonly context: vscode.ExtensionContext) {
    this.listening = context.secrets.onDidChange(({ key }) => {
      for (const address of this.asked) if (key === PREFIX + originOf(address)) this.changes.fire(address);
    });
  }

  dispose(): void {
    this.listening.dispose();
    this.changes.dispose();
  }

  /** The credential for an address's origin, null if there is none. */
  async of(address: string): Promise<string | null> {
    const origin = originOf(address);
    this.asked.add(address);
    return (origin && (await this.context.secrets.get(PREFIX + origin))) || null;
  }

  /** Ask the person for a credential and keep it; whether they gave one. `address`: where it is for, if that is known. */
  async set(address?: string): Promise<boolean> {
    const origin = address ? originOf(address) : await this.askOrigin();
    if (!origin) return false;
    const token = await vscode.window.showInputBox({
      title: `Token for ${origin}`,
      prompt: 'Kept in the secret store of this editor, and sent to this address only.',
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) => (/\s/.test(value.trim()) ? 'A token has no spaces.' : undefined),
    });
    if (!token?.trim()) return false;
    await this.context.secrets.store(PREFIX + origin, token.trim());
    await this.remember((origins) => origins.add(origin));
    void vscode.window.showInformationMessage(`The token for ${origin} is kept in the editor's secret store.`);
    return true;
  }

  /** Let the person pick a credential to forget. */
  async clear(): Promise<void> {
    const origins = this.known();
    if (!origins.length) {
      void vscode.window.showInformationMessage('No token is kept for Inference in this editor.');
      return;
    }
    const origin = await vscode.window.showQuickPick(origins, { title: 'Forget the token for…' });
    if (!origin) return;
    await this.context.secrets.delete(PREFIX + origin);
    await this.remember((known) => known.delete(origin));
    void vscode.window.showInformationMessage(`The token for ${origin} is forgotten.`);
  }

  private async askOrigin(): Promise<string | undefined> {
    const own = originOf(vscode.workspace.getConfiguration('inference').get('url', ''));
    const offered = [
      ...(own && own !== HUGGING_FACE ? [{ label: own, description: 'inference.url', origin: own }] : []),
      { label: 'Hugging Face', description: HUGGING_FACE, origin: HUGGING_FACE },
      { label: 'Another address…', origin: undefined },
    ];
    const chosen = await vscode.window.showQuickPick(offered, { title: 'Set a token for…' });
    if (!chosen || chosen.origin) return chosen?.origin;
    const address = await vscode.window.showInputBox({
      title: 'Address the token is for',
      placeHolder: 'https://example.org',
      ignoreFocusOut: true,
      validateInput: (value) => (originOf(value) ? undefined : 'An address begins with https:// or http://'),
    });
    return address ? originOf(address) : undefined;
  }

  /** The secret store does not say which keys it has, so the origins, which are no secret, are kept beside it. */
  private known(): string[] {
    return this.context.globalState.get<string[]>(ORIGINS, []);
  }

  private async remember(change: (origins: Set<string>) => unknown): Promise<void> {
    const origins = new Set(this.known());
    change(origins);
    await this.context.globalState.update(ORIGINS, [...origins].sort());
  }
}

const PREFIX = 'credential:';
const ORIGINS = 'origins';
