// The page of all cameras: what the fleet does, filters, and the table.
import {add_camera} from './add_camera.js';
import {open_menu} from './camera_actions.js';
import {columns} from './columns.js';
import {element, icon, icons, set_text} from './dom.js';
import {FleetTable} from './fleet_table.js';
import {group_of, groups, states} from './fleet.js';
import {bitrate, exact, rate, words} from './format.js';
import {peek_over} from './preview.js';

// What somebody chose stays when they come back from a camera's page.
const chosen = {text: '', group: '', state: '', sort: {key: 'name', direction: 'ascending'}};

export class FleetView {
  title = 'camherd';
  #fleet;
  #table;
  #tiles = new Map();
  #totals = new Map();
  #found = element('p', {class: 'found', role: 'status'});
  #empty = element('div', {class: 'empty', hidden: true});
  #change = () => this.#update();

  constructor(fleet) {
    this.#fleet = fleet;
    this.#table = new FleetTable(fleet.rates);
    this.#table.sort_by(chosen.sort);
    this.#table.addEventListener('sort', () => this.#sorted());
    this.#table.addEventListener('act', ({detail}) => this.#act(detail));
    peek_over(this.#table.element, (name) => fleet.cameras.get(name));
    this.search = element('input', {type: 'search', id: 'search', placeholder: 'Search',
      'aria-label': 'Search cameras by name, state or trouble', autocomplete: 'off',
      spellcheck: 'false', value: chosen.text, 'aria-keyshortcuts': '/',
      on: {input: () => this.#choose({text: this.search.value}),
        keydown: (event) => this.#from_search(event)}});
    this.search.value = chosen.text;
    this.#state_filter = this.#select('State', [['', 'Every state'],
      ...states.map((state) => [state, words(state)])], chosen.state,
    (state) => this.#choose({state}));
    this.#sort_choice = this.#select('Sort by', columns.filter((c) => c.first).map(
      ({key, label, unit}) => [key, unit ? `${label} ${unit}` : label]), chosen.sort.key,
    (key) => this.#sort_by(key));
    this.#sort_choice.classList.add('narrow-only');
    this.element = element('div', {class: 'fleet-page'},
      element('h1', {class: 'unseen'}, 'Cameras'), this.#summary(),
      element('div', {class: 'toolbar', role: 'search'}, this.search, this.#state_filter,
        this.#sort_choice, this.#found,
        element('button', {type: 'button', class: 'primary', id: 'add',
          on: {click: () => add_camera()}}, icon(icons.plus),
        element('span', {}, 'Add', element('span', {class: 'wide-only'}, ' camera')))),
      this.#table.element, this.#empty);
    fleet.addEventListener('change', this.#change);
    this.#update();
  }

  #state_filter;
  #sort_choice;

  close() {
    this.#fleet.removeEventListener('change', this.#change);
    this.#table.close();
  }

  #select(label, options, value, choose) {
    const select = element('select', {'aria-label': label},
      ...options.map(([key, text]) => element('option', {value: key}, text)));
    select.value = value;
    select.addEventListener('change', () => choose(select.value));
    return select;
  }

  #summary() {
    const tile = (key, label) => {
      const figure = element('strong', {}, '–');
      const button = element('button', {type: 'button', class: 'tile', data: {group: key},
        on: {click: () => this.#choose({group: chosen.group === key ? '' : key})}},
      element('i', {'aria-hidden': 'true'}), figure, ' ', element('span', {}, label));
      this.#tiles.set(key, {button, figure});
      return button;
    };
    const total = (key, label) => {
      const figure = element('strong', {}, '–');
      this.#totals.set(key, figure);
      return element('p', {class: 'total'}, figure, ' ', element('span', {}, label));
    };
    return element('section', {class: 'summary', 'aria-label': 'The fleet'},
      element('div', {class: 'tiles', role: 'group', 'aria-label': 'Filter by state'},
        tile('', 'All'), ...Object.entries(groups).map(([key, {label}]) => tile(key, label))),
      element('div', {class: 'totals'}, total('received', 'fps in'), total('published', 'fps out'),
        total('bits', 'received'), total('dropped', 'drops a second'),
        total('consumers', 'consumers')));
  }

  #sorted() {
    chosen.sort = this.#table.sort;
    this.#sort_choice.value = chosen.sort.key;
    this.#update();
  }

  #sort_by(key) {
    const {first: direction} = columns.find((column) => column.key === key);
    this.#table.sort_by({key, direction});
    this.#sorted();
  }

  #choose(change) {
    Object.assign(chosen, change);
    this.#update();
  }

  #clear() {
    this.search.value = '';
    this.#state_filter.value = '';
    this.#choose({text: '', group: '', state: ''});
    this.search.focus();
  }

  #from_search(event) {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      this.#table.focus_first();
    } else if (event.key === 'Escape' && this.search.value !== '') {
      event.preventDefault();
      this.search.value = '';
      this.#choose({text: ''});
    }
  }

  #act({act, row}) {
    if (act === 'menu') open_menu(row.menu, () => this.#fleet.cameras.get(row.name));
  }

  #wanted() {
    const parts = chosen.text.toLowerCase().split(/\s+/).filter((part) => part);
    return (camera) => {
      if (chosen.group && group_of(camera.state) !== chosen.group) return false;
      if (chosen.state && camera.state !== chosen.state) return false;
      const text = `${camera.name} ${words(camera.state)} ${camera.detail ?? ''}`.toLowerCase();
      return parts.every((part) => text.includes(part));
    };
  }

  #update() {
    if (!this.#fleet.known) return;
    const sum = this.#fleet.summary();
    for (const [key, {button, figure}] of this.#tiles) {
      const number = key === '' ? sum.total : sum.groups[key];
      set_text(figure, exact(number));
      button.dataset.none = number === 0;
      button.setAttribute('aria-pressed', chosen.group === key);
    }
    set_text(this.#totals.get('received'), rate(sum.received));
    set_text(this.#totals.get('published'), rate(sum.published));
    set_text(this.#totals.get('bits'), bitrate(sum.bits));
    set_text(this.#totals.get('dropped'), rate(sum.dropped));
    set_text(this.#totals.get('consumers'), exact(sum.consumers));
    this.#table.update(this.#fleet.cameras, this.#wanted());
    this.#tell_found(sum.total);
  }

  #tell_found(total) {
    const {shown} = this.#table;
    const filtered = chosen.text || chosen.group || chosen.state;
    set_text(this.#found, filtered ? `${exact(shown)} of ${exact(total)}` : '');
    this.#table.element.hidden = shown === 0;
    this.#empty.hidden = shown > 0;
    const why = total === 0 ? 'none' : 'hidden';
    if (shown > 0 || this.#empty.dataset.why === why) return;
    this.#empty.dataset.why = why;
    this.#empty.replaceChildren(...(total === 0
      ? [element('p', {}, 'There is no camera yet. Add the first one here, or in the ' +
          'configuration file.')]
      : [element('p', {}, 'No camera matches.'), element('button', {type: 'button',
        on: {click: () => this.#clear()}}, 'Show all')]));
  }
}
