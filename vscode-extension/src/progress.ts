// Progress of the server's work: a notification with a Cancel button, for what takes longer than a glance.
//
// Knows work-done progress. Knows no job.

import * as vscode from 'vscode';
import { WorkDoneProgressCancelNotification } from 'vscode-languageclient/node';
import type { LanguageClient, Middleware, ProgressToken } from 'vscode-languageclient/node';

type Handle = NonNullable<Middleware['handleWorkDoneProgress']>;

interface Bar {
  show: NodeJS.Timeout;
  message: string;
  report: ((message: string) => void) | undefined;
  close: () => void;
}

/** The bars of one server. */
export class ProgressBars {
  private readonly bars = new Map<ProgressToken, Bar>();

  constructor(private readonly client: () => LanguageClient | undefined) {}

  readonly handle: Handle = (token, params, next) => {
    if (params.kind === 'begin') {
      this.begin(token, params.title, params.message ?? '');
    } else if (params.kind === 'report') {
      const bar = this.bars.get(token);
      if (bar && params.message) {
        bar.message = params.message;
        bar.report?.(params.message);
      }
    } else {
      this.end(token);
      next(token, params); // the client's own book of tokens
    }
  };

  /** The server is gone, and will not say that anything has ended. */
  clear(): void {
    for (const token of [...this.bars.keys()]) this.end(token);
  }

  private begin(token: ProgressToken, title: string, message: string): void {
    const bar: Bar = {
      message,
      report: undefined,
      close: () => undefined,
      show: setTimeout(() => this.show(token, title), GLANCE),
    };
    this.bars.set(token, bar);
  }

  private end(token: ProgressToken): void {
    const bar = this.bars.get(token);
    if (!bar) return;
    this.bars.delete(token);
    clearTimeout(bar.show);
    bar.close();
  }

  private show(token: ProgressToken, title: string): void {
    const bar = this.bars.get(token);
    if (!bar) return;
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    void vscode.window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        void this.client()?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
      });
      bar.report = (text) => progress.report({ message: text });
      if (bar.message) bar.report(bar.message);
      return new Promise<void>((resolve) => {
        bar.close = resolve;
      });
    });
  }
}

const GLANCE = 600;
