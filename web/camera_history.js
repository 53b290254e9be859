// The last hour of one camera: what the daemon kept, then what its statuses say.

const points = 360;
const keys = ['received_fps', 'fps', 'dropped_fps', 'bits', 'age_p50_ms', 'age_p99_ms',
  'packets_lost', 'consumers'];

export class CameraHistory {
  #step = 10;
  #times = [];
  #values = Object.fromEntries(keys.map((key) => [key, []]));
  // The newest point moves with each status until a step has passed.
  #moves = false;
  #lost_before = null;

  /** Takes the answer of /api/v1/cameras/{name}/history, in place of all there was. */
  take(history) {
    this.#step = history.step_seconds;
    const count = history.fps.length;
    const until = Date.parse(history.until) / 1000;
    this.#times = history.fps.map((_, index) => until - (count - 1 - index) * this.#step);
    for (const key of keys) this.#values[key] = [...(history[key] ?? new Array(count).fill(null))];
    this.#moves = false;
  }

  /** Takes what a status, made at `seconds`, says of the camera. */
  note(seconds, camera) {
    if (seconds <= (this.#times.at(-1) ?? -Infinity)) return;
    const before = this.#times.at(this.#moves ? -2 : -1) ?? -Infinity;
    const step_passed = seconds - before >= this.#step;
    if (this.#moves) this.#drop_newest();
    // Lost packets are counted by the step; the statuses only know their sum.
    this.#lost_before ??= camera.packets_lost;
    const now = {...camera, packets_lost: Math.max(0, camera.packets_lost - this.#lost_before)};
    this.#times.push(seconds);
    for (const key of keys) this.#values[key].push(now[key] ?? null);
    this.#moves = !step_passed;
    if (step_passed) this.#lost_before = camera.packets_lost;
    if (this.#times.length > points) {
      this.#times.shift();
      for (const key of keys) this.#values[key].shift();
    }
  }

  /** Seconds since 1970 and then the values of each key, oldest first. */
  of(wanted) {
    return [this.#times, ...wanted.map((key) => this.#values[key])];
  }

  #drop_newest() {
    this.#times.pop();
    for (const key of keys) this.#values[key].pop();
  }
}
