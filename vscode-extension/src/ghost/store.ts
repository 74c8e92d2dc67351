// The ghost text under way: what the server has said, what of it has been typed already, what is left to show.
//
// Knows offsets, letters and the server's updates. Knows no editor, so it is tested without one.

import type { InlineUpdate } from '../protocol.ts';

/** A place in a document, at a version of it. Offsets count UTF-16 units from the document's start. */
export interface Place {
  uri: string;
  version: number;
  offset: number;
}

/** A change of a document, as editors report it. */
export interface Change {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

interface Ghost extends Place {
  /** All that the server has said goes here, line ends as `\n`. */
  text: string;
  /** What stands in the document from `offset` to the caret, as it stands there. */
  typed: string;
  answered: boolean;
  done: boolean;
  session: InlineUpdate['session'] | undefined;
  sequence: number;
  /** To be called when there is something to see. */
  begun: () => void;
}

export class GhostStore {
  private ghost: Ghost | undefined;
  private retired: InlineUpdate['session'] | undefined;

  /** `unwanted` is told of each session that the server writes on and nobody will read. */
  constructor(private readonly unwanted: (session: InlineUpdate['session']) => void) {}

  /** A request goes out; what was known is of no use any more. The server ends the session by itself.
   * Resolves if there is something to see before there is an answer. */
  ask(place: Place): Promise<undefined> {
    this.retire();
    return new Promise((resolve) => {
      this.ghost = {
        ...place,
        text: '',
        typed: '',
        answered: false,
        done: false,
        session: undefined,
        sequence: -1,
        begun: () => resolve(undefined),
      };
    });
  }

  /** The answer to the request made at `place`. Updates may have come before it. */
  answer(place: Place, text: string): void {
    const ghost = this.ghost;
    if (!ghost || ghost.uri !== place.uri || ghost.version !== place.version || ghost.offset !== place.offset) return;
    ghost.answered = true;
    if (text.length > ghost.text.length) ghost.text = text;
    this.dropIfContradicted();
  }

  /** The server has more; whether there is more to show now. */
  update(update: InlineUpdate): boolean {
    const ghost = this.ghost;
    if (!ghost || update.uri !== ghost.uri || update.version !== ghost.version) return false;
    if (ghost.session === undefined ? update.session === this.retired : update.session !== ghost.session) return false;
    if (update.sequence <= ghost.sequence) return false;
    ghost.session = update.session;
    ghost.sequence = update.sequence;
    ghost.done = update.done;
    const text = normal(update.text);
    if (!text.startsWith(ghost.text) || text.length === ghost.text.length) return false;
    ghost.text = text;
    this.dropIfContradicted();
    if (this.ghost && text.trim()) ghost.begun();
    return this.ghost !== undefined && ghost.answered && text.length > normal(ghost.typed).length;
  }

  /** The document has changed. Letters that agree with the ghost text use it up, all else ends it. */
  change(uri: string, changes: readonly Change[]): void {
    for (const change of changes) {
      const ghost = this.ghost;
      if (!ghost || ghost.uri !== uri) return;
      const end = ghost.offset + ghost.typed.length;
      if (change.rangeOffset < ghost.offset || change.rangeOffset + change.rangeLength !== end) {
        this.drop();
        return;
      }
      ghost.typed = ghost.typed.slice(0, change.rangeOffset - ghost.offset) + change.text;
      this.dropIfContradicted();
    }
  }

  /** What to show at a caret: the rest, '' while the server is still to say it, nothing if there is no ghost here. */
  at(uri: string, offset: number): string | undefined {
    const ghost = this.ghost;
    if (!ghost?.answered || ghost.uri !== uri || offset !== ghost.offset + ghost.typed.length) return undefined;
    const rest = ghost.text.slice(normal(ghost.typed).length);
    return rest || (this.streaming ? '' : undefined);
  }

  /** Whether the server may still have more to say. */
  get streaming(): boolean {
    return this.ghost?.session !== undefined && !this.ghost.done;
  }

  /** Nobody wants it: the person has said so, or typed other words. */
  drop(): void {
    const session = this.streaming ? this.ghost?.session : undefined;
    this.retire();
    if (session !== undefined) this.unwanted(session);
  }

  /** The server is gone; the next one counts its sessions anew. */
  reset(): void {
    this.ghost = undefined;
    this.retired = undefined;
  }

  private retire(): void {
    this.retired = this.ghost?.session ?? this.retired;
    this.ghost = undefined;
  }

  private dropIfContradicted(): void {
    const ghost = this.ghost;
    if (!ghost) return;
    const typed = normal(ghost.typed);
    const agrees = ghost.text.startsWith(typed) || (!ghost.done && typed.startsWith(ghost.text));
    if (!agrees) this.drop();
  }
}

function normal(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
