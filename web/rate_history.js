// The published rate of each camera over the last minutes: what the daemon kept, and then what its
// statuses say.

const step_seconds = 10;
const points = 60;

export class RateHistory {
  #rates = new Map();
  #last_step = null;
  /** Counts up with each step, so that a sparkline knows whether it shows the newest. */
  version = 0;

  /** Puts the answer of /api/v1/history before what was noted since. */
  take({step_seconds: step, cameras}) {
    if (step !== step_seconds) return;
    for (const [name, {fps}] of Object.entries(cameras)) this.#rates.set(name, last(fps));
    this.version += 1;
  }

  /** Notes a status. Its rates are over ten seconds already, so one a step says everything. */
  note(seconds, cameras) {
    const step = Math.floor(seconds / step_seconds);
    if (step === this.#last_step) return;
    this.#last_step = step;
    const kept = new Map();
    for (const {name, fps} of cameras) {
      kept.set(name, last([...(this.#rates.get(name) ?? []), fps ?? null]));
    }
    this.#rates = kept;
    this.version += 1;
  }

  /** Oldest first, as many as there are room for; null where nothing is known. */
  of(name) {
    const known = this.#rates.get(name) ?? [];
    return [...new Array(points - known.length).fill(null), ...known];
  }
}

function last(values) {
  return values.slice(-points);
}
