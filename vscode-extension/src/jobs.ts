// The server's jobs as the editor follows them: which run, and which job a preview's address names.
//
// Knows updates and addresses. Knows no editor.

import type { JobUpdate } from './protocol.ts';

/** The job in the path of a preview's address, `/job-7/Summary of notes.md`. */
export function jobOf(path: string): string | undefined {
  return /^\/(job-\d+)\//.exec(path)?.[1];
}

/** The jobs that run. Whatever ends one, and the end of the server, takes it away. */
export class RunningJobs {
  private readonly jobs = new Map<string, JobUpdate>();

  update(update: JobUpdate): void {
    const last = this.jobs.get(update.job);
    if (last && update.sequence <= last.sequence) return;
    if (update.state === 'running') this.jobs.set(update.job, update);
    else this.jobs.delete(update.job);
  }

  clear(): void {
    this.jobs.clear();
  }

  /** The verbs under way, each once: `Summarize`, or `Summarize, Translate`. */
  get label(): string {
    const verbs = [...this.jobs.values()].map(({ action }) => action.charAt(0).toUpperCase() + action.slice(1));
    return [...new Set(verbs)].join(', ');
  }

  get count(): number {
    return this.jobs.size;
  }
}
