// The settings as the server reads them: what is this extension's own is left out, and one may wait for a reading.
//
// Knows `workspace/configuration`. Knows no setting of the server.

import type { ConfigurationMiddleware } from 'vscode-languageclient/node';

/** How the server's readings of the settings are answered. */
export class SettingsForServer {
  private waiting: (() => void)[] = [];

  readonly configuration: NonNullable<ConfigurationMiddleware['configuration']> = async (params, token, next) => {
    const values: unknown = await next(params, token);
    const readers = this.waiting;
    this.waiting = [];
    // after the answer has gone out, so that what is sent next comes after it
    setImmediate(() => readers.forEach((reader) => reader()));
    return Array.isArray(values) ? values.map(withoutOwn) : [];
  };

  /** Resolves when the server has read the settings the next time, or does not, since it is busy or gone. */
  nextReading(): Promise<void> {
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, PATIENCE);
      this.waiting.push(() => {
        clearTimeout(patience);
        resolve();
      });
    });
  }
}

/** Settings without those that the server does not know. */
export function withoutOwn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !OWN.has(name)));
}

/** Milliseconds. */
const PATIENCE = 5000;

const OWN: ReadonlySet<string> = new Set(['python', 'trace']);
