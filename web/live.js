// What the daemon tells by itself: one stream of server-sent events for the whole page, since a
// browser keeps no more than six connections to a host open.
import * as api from './api.js';

const first_delay_ms = 500;
const longest_delay_ms = 8000;
// Statuses come once a second. A network that is gone says nothing, so silence counts as loss.
const silence_ms = 5000;

/**
 * Dispatches "status" and "event" with what came as `detail`, and "connection" with "live" or
 * "lost". Comes back by itself, and then asks for the events in between.
 */
export class LiveFeed extends EventTarget {
  #source = null;
  #last_id = '';
  #delay = first_delay_ms;
  #retry = 0;
  #watchdog = 0;
  #state = '';

  open() {
    this.close();
    const after = this.#last_id ? `&after=${encodeURIComponent(this.#last_id)}` : '';
    const source = new EventSource(`/api/v1/events/stream?status=true${after}`);
    this.#source = source;
    source.addEventListener('status', (message) => this.#take('status', message));
    source.addEventListener('event', (message) => {
      this.#last_id = message.lastEventId || this.#last_id;
      this.#take('event', message);
    });
    source.addEventListener('error', () => this.#lose(source));
    this.#watch();
  }

  close() {
    this.#source?.close();
    this.#source = null;
    this.#state = '';
    clearTimeout(this.#retry);
    clearTimeout(this.#watchdog);
  }

  #take(kind, message) {
    this.#delay = first_delay_ms;
    this.#watch();
    this.#say('live');
    this.dispatchEvent(new CustomEvent(kind, {detail: JSON.parse(message.data)}));
  }

  #say(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent('connection', {detail: state}));
  }

  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#again(), silence_ms);
  }

  // While a source is connecting it comes back by itself; it gives up at any answer but a stream.
  #lose(source) {
    if (source !== this.#source) return;
    this.#say('lost');
    if (source.readyState === EventSource.CLOSED) this.#again();
  }

  #again() {
    this.close();
    this.#say('lost');
    this.#retry = setTimeout(async () => {
      this.#delay = Math.min(this.#delay * 2, longest_delay_ms);
      try {
        await api.node();  // tells by its status whether the session is what is missing
        this.open();
      } catch (problem) {
        if (problem.status !== 401) this.#again();
      }
    }, this.#delay);
  }
}
