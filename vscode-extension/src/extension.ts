// The one place that puts the extension together.
//
// Knows every part. Knows nothing of what they do.

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { executeServerCommand, offer, registerCommands } from './commands.ts';
import { GhostText } from './ghost/provider.ts';
import { hoverOf } from './hover.ts';
import { RunningJobs } from './jobs.ts';
import { showPreview } from './preview.ts';
import { ProgressBars } from './progress.ts';
import { CREDENTIAL, CREDENTIAL_CHANGED, JOB, PREVIEW_SCHEME, STATUS } from './protocol.ts';
import type { CredentialParams, CredentialResult, JobUpdate, StatusUpdate } from './protocol.ts';
import { Secrets } from './secrets.ts';
import { Server } from './server.ts';
import { SettingsForServer } from './settings.ts';
import { Status } from './status.ts';

let running: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('Inference', { log: true });
  const client = (): LanguageClient | undefined => server.client;
  const jobs = new RunningJobs();
  const status = new Status();
  const secrets = new Secrets(context);
  const bars = new ProgressBars(client);
  const ghost = new GhostText(client, context.extension.id);
  const settings = new SettingsForServer();
  let said = IDLE;
  const showStatus = (): void => status.show(server.state, jobs, said);
  const listen = (of: LanguageClient): void => {
    ghost.listen(of);
    of.onNotification(STATUS, (update: StatusUpdate) => {
      said = update;
      showStatus();
    });
    of.onNotification(JOB, (update: JobUpdate) => {
      jobs.update(update);
      showStatus();
    });
    of.onRequest(CREDENTIAL, async ({ origin, ask }: CredentialParams): Promise<CredentialResult> => {
      // who is asked and gives none shall not be answered for by what was refused
      if (ask && !(await secrets.set(origin))) return { credential: null };
      return { credential: await secrets.of(origin) };
    });
  };
  const server: Server = new Server(context.asAbsolutePath('bundled'), log, {
    listen,
    middleware: {
      provideHover: hoverOf(client),
      executeCommand: (command, args) => executeServerCommand(server, command, args),
      handleWorkDoneProgress: bars.handle,
      workspace: { configuration: settings.configuration },
      window: {
        showDocument: async (params, token, next) => {
          const uri = vscode.Uri.parse(params.uri, true);
          return uri.scheme === PREVIEW_SCHEME ? { success: await showPreview(client(), uri) } : next(params, token);
        },
      },
    },
  });
  running = server;
  server.onDidChangeState((state) => {
    if (state.kind !== 'running') {
      jobs.clear();
      bars.clear();
      ghost.reset();
      said = IDLE;
    }
    showStatus();
    if (state.kind !== 'failed') return;
    if (state.remedy === 'python')
      void offer(state.message, ['Choose Python…', 'inference.choosePython'], ['Show Log', 'inference.showLog']);
    else void offer(state.message, ['Show Log', 'inference.showLog'], ['Restart', 'inference.restart']);
  });
  const { actions } = (context.extension.packageJSON as Manifest).inference;
  context.subscriptions.push(
    log,
    status,
    secrets,
    ghost,
    server,
    registerCommands({ server, secrets, log, actions, settings }),
    secrets.onDidChange((origin) => void client()?.sendNotification(CREDENTIAL_CHANGED, { origin })),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('inference.python')) void server.start();
      if (event.affectsConfiguration('inference.target')) showStatus();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (server.state.kind === 'failed') void server.start();
    }),
  );
  await server.start();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** What of package.json is read: the verbs, which the server's manifest writes there. */
interface Manifest {
  inference: { actions: string[] };
}

const IDLE: StatusUpdate = { state: 'idle', message: '', remedy: '' };
