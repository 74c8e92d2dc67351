// The server's process and its client: found, started, watched, restarted.
//
// Knows the bundled server's place, Python interpreters and crashes. Knows no feature: those are handed to it.

import { type ChildProcess, spawn } from 'node:child_process';
import * as readline from 'node:readline';
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, InlineCompletionRequest, LanguageClient } from 'vscode-languageclient/node';
import type { LanguageClientOptions, Middleware } from 'vscode-languageclient/node';
import { DECLARED, RUN } from './protocol.ts';
import { candidates, explain, findPython, type Python } from './python.ts';
import { MOST, Restarts } from './restarts.ts';

/** The documents that the server is told of. */
export const SELECTOR = [{ scheme: 'file' }, { scheme: 'untitled' }];

export type ServerState =
  | { kind: 'starting' | 'running' | 'restarting' | 'stopped' }
  | { kind: 'failed'; message: string; remedy: 'python' | 'log' };

export interface Parts {
  middleware: Middleware;
  /** Called of each new client before it starts. */
  listen(client: LanguageClient): void;
}

/** The one server of this window. */
export class Server implements vscode.Disposable {
  private readonly states = new vscode.EventEmitter<ServerState>();
  private readonly restarts = new Restarts();
  private current: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private disposed = false;

  state: ServerState = { kind: 'stopped' };
  readonly onDidChangeState = this.states.event;

  constructor(
    private readonly bundle: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly parts: Parts,
  ) {}

  /** The client while the server answers. */
  get client(): LanguageClient | undefined {
    return this.state.kind === 'running' ? this.current : undefined;
  }

  /** Start, or stop and start again; a person's wish, so earlier crashes are forgiven. Calls wait for each other. */
  start(): Promise<void> {
    this.restarts.forgive();
    return this.enqueue(() => this.begin('starting'));
  }

  async stop(): Promise<void> {
    this.disposed = true;
    await this.enqueue(() => this.end());
  }

  dispose(): void {
    this.states.dispose();
  }

  /** The Python that would run the server, with what is to be said where there is none. */
  async python(): Promise<Python | string> {
    const choice = vscode.workspace.getConfiguration('inference').get('python', '').trim();
    const found = await findPython(candidates(choice, choice ? '' : await editorsPython(), process.platform));
    if ('python' in found) return found.python;
    for (const { candidate, reason, detail } of found.refusals) {
      this.log.info(`${candidate.program} (${candidate.from}): ${reason}, ${detail}`);
    }
    return explain(found.refusals);
  }

  /** Arguments for a Python that run the bundled server. Isolated: nothing of the workspace or the user is imported. */
  command(python: Python, ...args: string[]): string[] {
    return [
      ...python.args,
      '-I',
      '-S',
      '-X',
      'utf8',
      vscode.Uri.joinPath(vscode.Uri.file(this.bundle), 'serve.py').fsPath,
      ...args,
    ];
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step);
    return this.queue;
  }

  private async begin(kind: 'starting' | 'restarting'): Promise<void> {
    await this.end();
    if (this.disposed) return;
    this.become({ kind });
    const begun = performance.now();
    const python = await this.python();
    if (typeof python === 'string') {
      this.become({ kind: 'failed', message: python, remedy: 'python' });
      return;
    }
    this.log.info(`Python ${python.version}: ${python.program} (${python.from})`);
    const client = new Client(
      'inference',
      'Inference',
      () => this.spawn(python),
      this.options(() => this.closed(client)),
    );
    this.current = client;
    this.parts.listen(client);
    try {
      await client.start();
    } catch (error) {
      this.log.error(`the server did not start: ${String(error)}`);
      if (kind === 'restarting') this.crashed(client);
      else
        this.become({
          kind: 'failed',
          message: 'The Inference server did not start. Its log says why.',
          remedy: 'log',
        });
      return;
    }
    this.log.info(`ready after ${Math.round(performance.now() - begun)} ms`);
    this.become({ kind: 'running' });
  }

  private async end(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    if (!client) return;
    try {
      await client.dispose(2000);
    } catch (error) {
      this.log.debug(`while stopping: ${String(error)}`); // it had crashed, or never started
    }
  }

  /** The connection of a client has ended, and nobody asked for it. While it starts, `begin` is told by the client. */
  private closed(client: LanguageClient): void {
    if (this.state.kind === 'running') this.crashed(client);
  }

  private crashed(client: LanguageClient): void {
    if (client !== this.current || this.disposed) return;
    const wait = this.restarts.crashed(Date.now());
    if (wait === undefined) {
      const message = `The Inference server has crashed ${MOST} times in a few minutes, and is left stopped.`;
      this.become({ kind: 'failed', message, remedy: 'log' });
      return;
    }
    this.log.warn(`the server is gone; it is started again in ${wait} ms`);
    this.become({ kind: 'restarting' });
    setTimeout(() => {
      // unless a person has started another one meanwhile
      void this.enqueue(async () => (client === this.current ? this.begin('restarting') : undefined));
    }, wait);
  }

  private spawn(python: Python): Promise<ChildProcess> {
    const args = this.command(python);
    // The bundle's own folder: on Windows a program is looked for in the current folder first.
    const child = spawn(python.program, args, { cwd: this.bundle, windowsHide: true });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child));
      child.once('exit', (code, signal) => this.log.info(`the server ended: ${signal ?? `exit code ${code}`}`));
    });
  }

  private options(closed: () => void): LanguageClientOptions {
    const toLog = (stream: NodeJS.ReadableStream): void => {
      readline.createInterface({ input: stream }).on('line', (line) => this.record(line));
    };
    return {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      middleware: this.parts.middleware,
      errorHandler: {
        error: (_error, _message, count) => ({
          action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
          handled: true,
        }),
        closed: () => {
          closed();
          return { action: CloseAction.DoNotRestart, handled: true, message: 'the connection to the server ended' };
        },
      },
      initializationFailedHandler: () => false,
      stdioOptions: { stdout: toLog, stderr: toLog },
      // Links of hovers may run an action and nothing else, whoever wrote the text they are in.
      markdown: { isTrusted: { enabledCommands: [RUN] }, supportHtml: false },
    };
  }

  /** A line of the server's own log, at its own level. */
  private record(line: string): void {
    const [, level, text] = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/.exec(line) ?? [];
    if (level === undefined || text === undefined) this.log.info(line);
    else if (level === 'WARNING') this.log.warn(text);
    else if (level === 'ERROR' || level === 'CRITICAL') this.log.error(text);
    else this.log.debug(text);
  }

  private become(state: ServerState): void {
    this.state = state;
    void vscode.commands.executeCommand('setContext', 'inference.running', state.kind === 'running');
    this.states.fire(state);
  }
}

/** The stock client but for inline completion, which `ghost/` does by hand, and with what this client declares. */
class Client extends LanguageClient {
  /** Into the log only: a person is told by `Server`, or by the server itself, in words that say what to do. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override registerFeature(feature: Parameters<LanguageClient['registerFeature']>[0]): void {
    if ('registrationType' in feature && feature.registrationType.method === InlineCompletionRequest.method) {
      super.registerFeature({
        getState: () => ({ kind: 'static' }),
        fillClientCapabilities(capabilities) {
          capabilities.textDocument = {
            ...capabilities.textDocument,
            inlineCompletion: { dynamicRegistration: false },
          };
          capabilities.experimental = { ...capabilities.experimental, inference: DECLARED };
        },
        initialize: () => undefined,
        clear: () => undefined,
      });
    } else {
      super.registerFeature(feature);
    }
  }
}

/** The interpreter that is chosen in the Python extension, '' if there is none, or the workspace is not trusted. */
async function editorsPython(): Promise<string> {
  // In a workspace that is not trusted the choice may be a program of the workspace.
  const extension = vscode.workspace.isTrusted
    ? vscode.extensions.getExtension<PythonExtension>('ms-python.python')
    : undefined;
  if (!extension) return '';
  try {
    const { environments } = await extension.activate();
    const environment = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
    return environment?.executable.uri?.fsPath ?? '';
  } catch {
    return ''; // its trouble is not ours: PATH is next
  }
}

/** What is used of the Python extension's public API. */
interface PythonExtension {
  environments?: {
    getActiveEnvironmentPath(): unknown;
    resolveEnvironment(path: unknown): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}
