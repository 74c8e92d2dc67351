// What the server is doing, in the status bar and in the languages' status; and the remedy when something is wrong.
//
// Knows states, jobs and remedies. Knows nothing of how they come about.

import * as vscode from 'vscode';
import type { RunningJobs } from './jobs.ts';
import type { StatusUpdate } from './protocol.ts';
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

  /** `said` is the server's own word on how it is. */
  show(state: ServerState, jobs: RunningJobs, said: StatusUpdate): void {
    const look = lookOf(state, jobs, said);
    const failed = look.icon === WARNING;
    const busy = look.icon === SPINNER;
    this.entry.text = `${look.icon} ${look.text}`;
    this.entry.tooltip = look.tooltip;
    this.entry.command = look.command;
    this.entry.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.language.text = look.tooltip;
    this.language.busy = busy;
    this.language.severity = failed ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    this.language.command = { title: look.action, command: look.command };
  }
}

function lookOf(state: ServerState, jobs: RunningJobs, said: StatusUpdate): Look {
  if (state.kind === 'failed') {
    const remedy = state.remedy === 'python' ? CHOOSE_PYTHON : SHOW_LOG;
    return { icon: WARNING, text: NAME, tooltip: state.message, ...remedy };
  }
  if (state.kind === 'stopped')
    return { icon: '$(circle-slash)', text: NAME, tooltip: 'Inference is stopped.', ...START };
  if (state.kind !== 'running') {
    const again = 'The Inference server is gone, and is being started again.';
    return {
      icon: SPINNER,
      text: NAME,
      tooltip: state.kind === 'starting' ? 'Inference is starting.' : again,
      ...SHOW_LOG,
    };
  }
  if (jobs.count || said.state === 'busy') {
    const text = jobs.label || NAME;
    return { icon: SPINNER, text, tooltip: `${text}: under way. Click to cancel.`, ...CANCEL_ALL };
  }
  if (said.state === 'attention') return { icon: WARNING, text: NAME, tooltip: said.message, ...REMEDIES[said.remedy] };
  const target = vscode.workspace.getConfiguration('inference').get('target', '');
  return { icon: '$(sparkle)', text: NAME, tooltip: `Inference is ready. Target: ${target}.`, ...MENU };
}

interface Look {
  icon: string;
  text: string;
  tooltip: string;
  command: string;
  action: string;
}

const NAME = 'Inference';
const WARNING = '$(warning)';
const SPINNER = '$(loading~spin)';

const CHOOSE_PYTHON = { command: 'inference.choosePython', action: 'Choose Python' };
const SHOW_LOG = { command: 'inference.showLog', action: 'Show log' };
const START = { command: 'inference.restart', action: 'Start' };
const CANCEL_ALL = { command: 'inference.cancel', action: 'Cancel' };
const MENU = { command: 'inference.menu', action: 'Menu' };
const REMEDIES: Record<StatusUpdate['remedy'], { command: string; action: string }> = {
  token: { command: 'inference.setToken', action: 'Set token' },
  model: { command: 'inference.chooseModel', action: 'Choose another model' },
  log: SHOW_LOG,
  '': MENU,
};
