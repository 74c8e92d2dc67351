// When a server that crashed is started again, and when that is given up.
//
// Knows times of crashes. Knows no process and no clock.

export const MOST = 5;
export const WINDOW = 3 * 60_000;

/** The crashes of one server. */
export class Restarts {
  private times: number[] = [];

  /** A crash at `now`, in milliseconds: how long to wait before the next start, or nothing if there shall be none. */
  crashed(now: number): number | undefined {
    this.times = this.times.filter((time) => now - time < WINDOW);
    this.times.push(now);
    return this.times.length >= MOST ? undefined : FIRST_WAIT * 2 ** (this.times.length - 1);
  }

  /** A person has asked for a new start: nothing is held against it. */
  forgive(): void {
    this.times = [];
  }
}

const FIRST_WAIT = 250;
