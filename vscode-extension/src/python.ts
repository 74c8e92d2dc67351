// Which Python runs the server: the candidates in order, and the first that is new enough.
//
// Knows version numbers and how to ask an interpreter for its own. Knows no editor and no setting's name.

import { execFile } from 'node:child_process';

export const OLDEST = [3, 11] as const;

/** A command that may be a Python: a program and what must come before any other argument. */
export interface Candidate {
  program: string;
  args: readonly string[];
  /** Who named it, for the log. */
  from: string;
}

export interface Python extends Candidate {
  version: string;
}

/** Why a candidate is not the one. `missing` is not told of candidates that were only guesses. */
export interface Refusal {
  candidate: Candidate;
  reason: 'missing' | 'old' | 'broken';
  detail: string;
}

export type Found = { python: Python } | { refusals: Refusal[] };

export type Ask = (candidate: Candidate) => Promise<string>;

/** In the order they are tried. An explicit choice stands alone: a person who named one wants no other. */
export function candidates(choice: string, editors: string, platform: NodeJS.Platform): Candidate[] {
  if (choice) return [{ program: choice, args: [], from: 'inference.python' }];
  const guesses = platform === 'win32' ? WINDOWS : ELSEWHERE;
  const named = editors ? [{ program: editors, args: [], from: 'the Python extension' }] : [];
  return [...named, ...guesses.map(([program = '', ...args]) => ({ program, args, from: 'PATH' }))];
}

/** The first candidate that is new enough, or what is wrong with each. */
export async function findPython(tried: readonly Candidate[], ask: Ask = askVersion): Promise<Found> {
  const refusals: Refusal[] = [];
  for (const candidate of tried) {
    let said: string;
    try {
      said = (await ask(candidate)).trim();
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      refusals.push({ candidate, reason: missing ? 'missing' : 'broken', detail: firstLine(error) });
      continue;
    }
    const version = /^(\d+)\.(\d+)\.\d+/.exec(said);
    if (!version) {
      refusals.push({ candidate, reason: 'broken', detail: 'it does not say its version' });
    } else if (isOld(Number(version[1]), Number(version[2]))) {
      refusals.push({ candidate, reason: 'old', detail: said });
    } else {
      return { python: { ...candidate, version: said } };
    }
  }
  return { refusals };
}

/** A sentence for a person: what was found, and what is needed. */
export function explain(refusals: readonly Refusal[]): string {
  const need = `Python ${OLDEST.join('.')} or newer`;
  const chosen = refusals.find((refusal) => refusal.candidate.from === 'inference.python');
  if (chosen) {
    const name = chosen.candidate.program;
    if (chosen.reason === 'old')
      return `inference.python is ${name}, Python ${chosen.detail}; Inference needs ${need}.`;
    if (chosen.reason === 'missing')
      return `inference.python is ${name}, which does not exist; Inference needs ${need}.`;
    return `inference.python is ${name}, which does not run as Python; Inference needs ${need}.`;
  }
  const old = refusals.find((refusal) => refusal.reason === 'old');
  if (old) return `Inference needs ${need}, and the Python found here is ${old.detail}.`;
  return `Inference needs ${need}, and there is no Python on this machine's PATH.`;
}

/** Asks an interpreter for its version, from a folder where nothing of a workspace can stand in its way. */
export function askVersion(candidate: Candidate): Promise<string> {
  const args = [...candidate.args, '-I', '-S', '-c', 'import platform; print(platform.python_version())'];
  return new Promise((resolve, reject) => {
    const options = { timeout: 10_000, windowsHide: true, cwd: __dirname };
    execFile(candidate.program, args, options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

function isOld(major: number, minor: number): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}

const NEWEST_FIRST = ['python3.14', 'python3.13', 'python3.12', 'python3.11'];
const ELSEWHERE = [...NEWEST_FIRST, 'python3', 'python'].map((program) => [program]);
const WINDOWS = [['py', '-3'], ['python'], ['python3']];
