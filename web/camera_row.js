// One camera in the table of the fleet.
import {columns} from './columns.js';
import {element, icon, icons, set_attribute, set_text} from './dom.js';
import {group_of} from './fleet.js';
import {words} from './format.js';

const figures = columns.filter((column) => column.text);

/** The address of a camera's page. */
export function page_of(name) {
  return `#/camera/${encodeURIComponent(name)}`;
}

/** A state as a coloured shape and its word. */
export function state_badge() {
  const word = element('span');
  const badge = element('span', {class: 'state'}, element('i', {'aria-hidden': 'true'}), word);
  return {
    badge,
    show(camera) {
      const silent = camera.responsive === false;
      const group = group_of(camera.state);
      if (badge.dataset.group !== group) badge.dataset.group = group;
      set_text(word, silent ? `${words(camera.state)}, unresponsive` : words(camera.state));
    },
  };
}

/** Changes only what differs from the status before. */
export class CameraRow {
  #state = state_badge();
  #detail = element('span', {class: 'detail'});
  #figures = new Map();

  constructor(name) {
    this.name = name;
    this.sparkline = element('td', {role: 'cell', class: 'chart', 'data-label': 'Out, 10 min'});
    this.picture = element('button', {type: 'button', class: 'quiet tool',
      'aria-label': `Live picture of ${name}`, 'aria-expanded': 'false', data: {act: 'picture'}},
    icon(icons.eye));
    this.menu = element('button', {type: 'button', class: 'quiet tool',
      'aria-label': `Actions for ${name}`, 'aria-haspopup': 'menu', data: {act: 'menu'}},
    icon(icons.more));
    this.link = element('a', {href: page_of(name), data: {act: 'open'}}, name);
    const cells = columns.map((column) => this.#cell(column));
    this.element = element('tr', {role: 'row', data: {name}}, ...cells,
      element('td', {role: 'cell', class: 'tools'}, this.picture, this.menu));
  }

  show(camera) {
    if (camera.enabled === false && !camera.detail) {
      set_text(this.#detail, 'disabled by its settings');
    } else {
      set_text(this.#detail, camera.detail ?? '');
    }
    this.#state.show(camera);
    for (const {key, text, title, warns} of figures) {
      const {value, cell} = this.#figures.get(key);
      set_text(value, text(camera));
      if (title && cell.title !== title(camera)) cell.title = title(camera);
      if (warns) set_attribute(cell, 'data-warns', Boolean(warns(camera)));
    }
  }

  #cell({key, label, unit, text}) {
    const name = unit ? `${label} ${unit}` : label;
    if (key === 'name') {
      return element('th', {role: 'rowheader', scope: 'row', class: 'name', 'data-act': 'peek'},
        this.link, this.#detail);
    }
    if (key === 'state') return element('td', {role: 'cell', class: 'status'}, this.#state.badge);
    if (!text) return this.sparkline;
    const value = element('span');
    const cell = element('td', {role: 'cell', class: 'figure', 'data-label': name,
      'data-key': key}, value);
    this.#figures.set(key, {value, cell});
    return cell;
  }
}
