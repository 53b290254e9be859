// The page of everybody's events.
import {element} from './dom.js';
import {EventList} from './event_list.js';

export class EventsView {
  title = 'camherd: events';
  #list;

  constructor(live) {
    this.#list = new EventList(live, null);
    this.element = element('div', {class: 'events-page'}, element('h1', {}, 'Events'),
      this.#list.element);
  }

  close() {
    this.#list.close();
  }
}
