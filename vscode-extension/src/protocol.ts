// The commands and messages that the server adds to LSP: their names and shapes, as in server/inference_lsp/protocol.py.
//
// Knows what travels. Knows nothing of what a message causes.

export const RUN = 'inference.run';
export const CANCEL = 'inference.cancel';
export const APPLY = 'inference.apply';
export const APPLY_BELOW = 'inference.applyBelow';
export const DISCARD = 'inference.discard';
export const RETRY = 'inference.retry';
export const COPY = 'inference.copy';
export const MODELS = 'inference.models';
export const SELECT_MODEL = 'inference.selectModel';
export const REPORT = 'inference.report';

export const JOB = 'inference/job';
export const INLINE_UPDATE = 'inference/inlineUpdate';
export const INLINE_DISMISSED = 'inference/inlineDismissed';
export const STATUS = 'inference/status';
export const CREDENTIAL = 'inference/credential';
export const CREDENTIAL_CHANGED = 'inference/credentialChanged';

export const PREVIEW_SCHEME = 'inference-preview';

/** What this client declares in `capabilities.experimental.inference`. */
export const DECLARED = { job: true, inlineUpdate: true, status: true, credential: true, hoverCommands: true } as const;

export interface WirePosition {
  line: number;
  character: number;
}

/** The argument of `inference.run`. */
export interface RunAction {
  action: string;
  uri: string;
  range: { start: WirePosition; end: WirePosition };
  version: number;
}

export interface JobUpdate {
  job: string;
  action: string;
  uri: string;
  sequence: number;
  state: 'running' | 'done' | 'stale' | 'cancelled' | 'failed';
  text: string;
  message: string;
}

/** Ghost text has grown. `text` is all of it, from `position` on in that `version` of the document. */
export interface InlineUpdate {
  session: string;
  sequence: number;
  uri: string;
  version: number | null;
  position: WirePosition;
  text: string;
  done: boolean;
}

/** The ghost text of this session is not wanted any more. */
export interface InlineDismissed {
  session: InlineUpdate['session'];
}

/** How the server is; `remedy` names what would help. */
export interface StatusUpdate {
  state: 'idle' | 'busy' | 'attention';
  message: string;
  remedy: 'token' | 'model' | 'log' | '';
}

/** With `ask` the person wants to set one now. */
export interface CredentialParams {
  origin: string;
  ask?: boolean;
}

export interface CredentialResult {
  credential: string | null;
}
