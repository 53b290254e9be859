// The page of one camera: its picture, the last hour, its events, and what can be done to it.
import * as api from './api.js';
import {actions_for} from './camera_actions.js';
import {counters, now_facts, settings} from './camera_facts.js';
import {CameraHistory} from './camera_history.js';
import {state_badge} from './camera_row.js';
import {Chart} from './chart.js';
import {element, icon, icons, set_text} from './dom.js';
import {EventList} from './event_list.js';
import {age, bitrate, exact, rate} from './format.js';
import {LivePicture} from './live_picture.js';

// Counters by cause are not in the statuses; they are asked for at this distance.
const facts_every_ms = 10_000;

function charts() {
  const short = (value) => (Number.isInteger(value) ? exact(value) : rate(value));
  const whole = (value) => (Number.isInteger(value) ? exact(value) : '');
  return [
    new Chart({title: 'Frames a second', format: rate, tick: short, lines: [
      {key: 'fps', label: 'out', colour: '--line-1'},
      {key: 'received_fps', label: 'in', colour: '--line-2'}]}),
    new Chart({title: 'Age', format: age, lines: [
      {key: 'age_p50_ms', label: 'p50', colour: '--line-1'},
      {key: 'age_p99_ms', label: 'p99', colour: '--line-2'}]}),
    new Chart({title: 'Drops a second', format: rate, tick: short, lines: [
      {key: 'dropped_fps', label: 'drops', colour: '--line-3'}]}),
    new Chart({title: 'Bit rate', format: bitrate, least_top: 1e5, lines: [
      {key: 'bits', label: 'received', colour: '--line-1'}]}),
    new Chart({title: 'Packets lost in 10 s', format: exact, tick: whole, lines: [
      {key: 'packets_lost', label: 'lost', colour: '--line-3'}]}),
    new Chart({title: 'Consumers', format: exact, tick: whole, lines: [
      {key: 'consumers', label: 'consumers', colour: '--line-1'}]}),
  ];
}

export class CameraView {
  #name;
  #fleet;
  #history = new CameraHistory();
  #charts = charts();
  #picture;
  #events;
  #state = state_badge();
  #detail = element('p', {class: 'detail'});
  #url = element('p', {class: 'url'});
  #actions = element('div', {class: 'buttons'});
  #now = element('div', {class: 'now'});
  #counters = element('div', {class: 'counters'});
  #settings = element('section', {class: 'panel'});
  #set = '';
  #missing = element('p', {class: 'trouble', role: 'alert'});
  #offered = '';
  #change = () => this.#update();
  #timer = 0;

  constructor(fleet, live, name) {
    this.title = `${name} – camherd`;
    this.#name = name;
    this.#fleet = fleet;
    this.#picture = new LivePicture(name);
    this.#events = new EventList(live, name);
    this.element = element('article', {class: 'camera-page'},
      element('a', {class: 'back', href: '#/'}, icon(icons.back), 'All cameras'),
      element('header', {}, element('div', {}, element('h1', {}, name), this.#state.badge,
        this.#detail, this.#url), this.#actions),
      this.#missing,
      element('div', {class: 'top'}, this.#picture.element,
        element('section', {class: 'panel'}, element('h2', {}, 'Now'), this.#now,
          this.#counters)),
      element('h2', {}, 'The last hour'),
      element('div', {class: 'charts'}, ...this.#charts.map((chart) => chart.element)),
      this.#events.element, this.#settings);
    fleet.addEventListener('change', this.#change);
    this.#load_history();
    this.#load_facts();
    this.#timer = setInterval(() => this.#load_facts(), facts_every_ms);
    this.#update();
  }

  close() {
    clearInterval(this.#timer);
    this.#fleet.removeEventListener('change', this.#change);
    this.#picture.close();
    this.#events.close();
    for (const chart of this.#charts) chart.close();
  }

  async #load_history() {
    try {
      this.#history.take(await api.history(this.#name));
      this.#draw();
    } catch {
      // The charts begin with what the statuses say; what is wrong is told beside the name.
    }
  }

  async #load_facts() {
    if (document.hidden) return;
    try {
      const camera = await api.camera(this.#name);
      set_text(this.#url, camera.url);
      set_text(this.#missing, '');
      this.#counters.replaceChildren(...counters(camera));
      // Somebody may be reading the settings; they stay as they are while they are the same.
      const set = JSON.stringify(camera.settings);
      if (set !== this.#set) this.#settings.replaceChildren(...settings(camera));
      this.#set = set;
    } catch (problem) {
      set_text(this.#missing, problem.message);
    }
  }

  #update() {
    const camera = this.#fleet.cameras.get(this.#name);
    if (!camera) {
      if (this.#fleet.known) set_text(this.#missing, 'There is no camera of this name now.');
      return;
    }
    this.#state.show(camera);
    set_text(this.#detail, camera.detail ?? '');
    this.#now.replaceChildren(now_facts(camera));
    this.#offer(camera);
    this.#history.note(this.#fleet.at, camera);
    this.#draw();
  }

  #draw() {
    for (const chart of this.#charts) chart.show(this.#history.of(chart.keys));
  }

  // The buttons are made anew only where others are offered, so that none loses the focus.
  #offer(camera) {
    const actions = actions_for(camera);
    const offered = JSON.stringify([actions, camera.from_file]);
    if (offered === this.#offered) return;
    this.#offered = offered;
    this.#actions.replaceChildren(...actions.map(({key, label, ask, disabled, danger}) =>
      element('button', {type: 'button', disabled, class: danger ? 'dangerous' : null,
        data: {action: key}, on: {click: ask}}, label)));
  }
}
