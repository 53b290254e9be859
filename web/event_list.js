// Events, newest first, as a table or as the lines of the log.
import * as api from './api.js';
import {element} from './dom.js';
import {exact, moment, words} from './format.js';
import {page_of} from './camera_row.js';

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
const kept = 500;
const first = 200;

function severity(level) {
  return levels.indexOf(level === 'warn' ? 'warning' : level);
}

/** Of one camera, or of all where `camera` is null. Grows with the events of `live`. */
export class EventList {
  #camera;
  #live;
  #level = 'info';
  #shape = 'events';
  #events = [];
  #ids = new Set();
  #list = element('ol', {class: 'events', tabindex: '0', 'aria-label': 'Events, newest first'});
  #none = element('p', {class: 'empty'}, 'Nothing so far.');
  #tabs;
  #take = ({detail}) => this.#add(detail);

  constructor(live, camera) {
    this.#camera = camera;
    this.#live = live;
    const level = element('select', {'aria-label': 'Least level'}, ...levels.map((name) =>
      element('option', {value: name, selected: name === this.#level}, `${name} and above`)));
    level.addEventListener('change', () => {
      this.#level = level.value;
      this.load();
    });
    this.#tabs = ['events', 'log'].map((shape) => element('button', {type: 'button',
      role: 'tab', 'aria-selected': shape === this.#shape, data: {shape},
      on: {click: () => this.#show_as(shape)}}, shape === 'events' ? 'Events' : 'Log lines'));
    const tabs = element('div', {class: 'tabs', role: 'tablist', 'aria-label': 'Events or log lines',
      on: {keydown: (event) => this.#switch(event)}}, ...this.#tabs);
    this.element = element('section', {class: 'panel event-panel'},
      element('div', {class: 'panel-head'}, tabs, level), this.#list, this.#none);
    this.#show_as(this.#shape);
    live.addEventListener('event', this.#take);
    this.load();
  }

  close() {
    this.#live.removeEventListener('event', this.#take);
  }

  async load() {
    try {
      const events = await api.events({camera: this.#camera, level: this.#level, limit: first});
      this.#events = [];
      this.#ids.clear();
      this.#list.replaceChildren();
      for (const event of events) this.#add(event);
      this.#none.textContent = 'Nothing so far.';
    } catch (problem) {
      this.#none.textContent = problem.message;
    }
    this.#none.hidden = this.#events.length > 0;
  }

  #add(event) {
    if (this.#camera !== null && event.camera !== this.#camera) return;
    if (severity(event.level) < severity(this.#level) || this.#ids.has(event.id)) return;
    this.#ids.add(event.id);
    this.#events.unshift(event);
    this.#list.prepend(this.#item(event));
    this.#none.hidden = true;
    if (this.#events.length > kept) {
      this.#ids.delete(this.#events.pop().id);
      this.#list.lastElementChild.remove();
    }
  }

  #item(event) {
    const {level, camera, cause, repeated, line, component} = event;
    if (this.#shape === 'log') {
      return element('li', {class: 'line', data: {level}}, line);
    }
    return element('li', {data: {level}},
      element('time', {datetime: event.at, title: event.at}, moment(event.at)),
      element('b', {class: 'level'}, level),
      this.#camera !== null ? null : (camera
        ? element('a', {class: 'whose', href: page_of(camera)}, camera)
        : element('span', {class: 'whose'}, component)),
      element('span', {class: 'what'}, words(event.event)),
      element('span', {class: 'cause'}, cause ?? '',
        repeated > 0 ? element('em', {}, ` ${exact(repeated)} more like it`) : null));
  }

  #show_as(shape) {
    this.#shape = shape;
    for (const tab of this.#tabs) {
      const selected = tab.dataset.shape === shape;
      tab.setAttribute('aria-selected', selected);
      tab.tabIndex = selected ? 0 : -1;
    }
    this.#list.classList.toggle('lines', shape === 'log');
    this.#list.replaceChildren(...this.#events.map((event) => this.#item(event)));
  }

  #switch({key}) {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    this.#show_as(this.#shape === 'log' ? 'events' : 'log');
    this.#tabs.find((tab) => tab.dataset.shape === this.#shape).focus();
  }
}
