// What is known of all cameras, as the last status said it.
import {RateHistory} from './rate_history.js';

/** What states have in common, in the order of how much they want a look. */
export const groups = {
  failing: {label: 'Failing', states: ['stalled', 'failed', 'backoff', 'quarantined']},
  starting: {label: 'Starting', states: ['connecting', 'waiting_keyframe']},
  streaming: {label: 'Streaming', states: ['streaming']},
  stopped: {label: 'Stopped', states: ['stopped']},
};

export const states = Object.values(groups).flatMap((group) => group.states);

const group_by_state = new Map(
  Object.entries(groups).flatMap(([group, {states: all}]) => all.map((state) => [state, group])));

/** The group of a state; a camera nothing is known of yet is starting. */
export function group_of(state) {
  return group_by_state.get(state) ?? 'starting';
}

/** Dispatches "change" after each status. */
export class Fleet extends EventTarget {
  /** Cameras of the last status by name, in its order. */
  cameras = new Map();
  /** False until a status came. */
  known = false;
  /** When the last status was made, in seconds since 1970. */
  at = 0;
  rates = new RateHistory();

  take(status) {
    this.cameras = new Map(status.cameras.map((camera) => [camera.name, camera]));
    this.known = true;
    this.at = Date.parse(status.at) / 1000;
    this.rates.note(this.at, status.cameras);
    this.dispatchEvent(new Event('change'));
  }

  /** How many cameras are in each group, and what they send and lose together. */
  summary() {
    const sum = {total: this.cameras.size, received: 0, published: 0, bits: 0, dropped: 0,
      consumers: 0, groups: {failing: 0, starting: 0, streaming: 0, stopped: 0}};
    for (const camera of this.cameras.values()) {
      sum.groups[group_of(camera.state)] += 1;
      sum.received += camera.received_fps ?? 0;
      sum.published += camera.fps ?? 0;
      sum.bits += camera.bits ?? 0;
      sum.dropped += camera.dropped_fps ?? 0;
      sum.consumers += camera.consumers ?? 0;
    }
    return sum;
  }
}
