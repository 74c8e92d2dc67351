// A hover asks about the selection it is in, not only about a place: a field that servers take and LSP has not got yet.
//
// Knows editors' selections. Knows nothing of what a hover says.

import * as vscode from 'vscode';
import { HoverRequest, type LanguageClient, type Middleware } from 'vscode-languageclient/node';

/** The client's hover with `range` where the position is inside a selection. */
export function hoverOf(client: () => LanguageClient | undefined): NonNullable<Middleware['provideHover']> {
  return async (document, position, token, next) => {
    const range = selectionAt(document, position);
    const current = client();
    if (!range || !current) return next(document, position, token);
    const { code2ProtocolConverter: out, protocol2CodeConverter: back } = current;
    const params = { ...out.asTextDocumentPositionParams(document, position), range: out.asRange(range) };
    try {
      const hover = await current.sendRequest(HoverRequest.type, params, token);
      return token.isCancellationRequested ? null : back.asHover(hover);
    } catch (error) {
      return current.handleFailedRequest(HoverRequest.type, token, error, null);
    }
  };
}

function selectionAt(document: vscode.TextDocument, position: vscode.Position): vscode.Selection | undefined {
  return vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap((editor) => [...editor.selections])
    .find((selection) => !selection.isEmpty && selection.contains(position));
}
