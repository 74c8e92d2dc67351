// What the server is doing, in the status bar and in the languages' status; and the remedy when something is wrong.
//
// Knows states and jobs. Knows no message of the protocol.

import * as vscode from 'vscode';
import type { RunningJobs } from './jobs.ts';
import { SELECTOR, type ServerState } from './server.ts';

/** The status bar's entry and the language status item; both follow `show`. */
export class Status implements vscode.Disposable {
  private readonly entry = vscode.window.createStatusBarItem('inference', vscode.StatusBarAlignment.Right, 50);
  private readonly language = vscode.languages.createLanguageStatusItem('inference', SELECTOR);

  constructor() {
    this.entry.name = 'Inference';
    this.language.name = 'Inference';
    this.entry.show();
  }

  dispose(): void {
    this.entry.dispose();
    this.language.dispose();
  }

  show(state: ServerState, jobs: RunningJobs): void {
    const failed = state.kind === 'failed';
    const busy = state.kind === 'starting' || state.kind === 'restarting' || jobs.count > 0;
    const look = this.look(state, jobs);
    this.entry.text = `${look.icon} ${look.text}`;
    this.entry.tooltip = look.tooltip;
    this.entry.command = look.command;
    this.entry.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.language.text = look.tooltip;
    this.language.busy = busy;
    this.language.severity = failed ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    this.language.command = { title: look.action, command: look.command };
  }

  private look(state: ServerState, jobs: RunningJobs): Look {
    if (state.kind === 'failed') {
      const remedy = state.remedy === 'python' ? CHOOSE_PYTHON : SHOW_LOG;
      return { icon: '$(warning)', text: 'Inference', tooltip: state.message, ...remedy };
    }
    if (state.kind === 'stopped') return { icon: '$(circle-slash)', text: 'Inference', tooltip: 'Inference is stopped.', ...RESTART };
    if (state.kind !== 'running') {
      const tooltip = state.kind === 'starting' ? 'Inference is starting.' : 'The Inference server is gone, and is being started again.';
      return { icon: '$(loading~spin)', text: 'Inference', tooltip, ...SHOW_LOG };
    }
    if (jobs.count) {
      return { icon: '$(loading~spin)', text: jobs.label, tooltip: `${jobs.label}: under way. Click to cancel.`, ...CANCEL_ALL };
    }
    const target = vscode.workspace.getConfiguration('inference').get('target', 'embedded');
    const answering = target === 'embedded' ? 'The embedded engine answers; no text leaves this machine.' : `The target “${target}” answers what you ask for.`;
    return { icon: '$(sparkle)', text: 'Inference', tooltip: answering, ...SETTINGS };
  }
}

interface Look {
  icon: string;
  text: string;
  tooltip: string;
  command: string;
  action: string;
}

const CHOOSE_PYTHON = { command: 'inference.choosePython', action: 'Choose Python' };
const SHOW_LOG = { command: 'inference.showLog', action: 'Show log' };
const RESTART = { command: 'inference.restart', action: 'Start' };
const CANCEL_ALL = { command: 'inference.cancel', action: 'Cancel' };
const SETTINGS = { command: 'inference.menu', action: 'Menu' };
