// The table of all cameras: sorted, filtered, and changed only where something differs.
import {CameraRow} from './camera_row.js';
import {columns, sorting} from './columns.js';
import {element, set_attribute} from './dom.js';
import {group_of} from './fleet.js';
import {Sparklines} from './sparkline.js';

const up_and_down = {ArrowDown: 1, ArrowUp: -1};

/**
 * Dispatches "sort" when another column or direction was chosen, and "act" with {act, row} when
 * something in a row was used. Rows keep their place while somebody points at them or works in
 * them, so that nothing moves away from under a click.
 */
export class FleetTable extends EventTarget {
  #rows = new Map();
  #order = [];
  #body = element('tbody', {role: 'rowgroup'});
  #headers = new Map();
  #sparklines;
  #sort = {key: 'name', direction: 'ascending'};
  #pointed = false;
  /** How many rows the filter lets through. */
  shown = 0;

  constructor(rates) {
    super();
    this.#sparklines = new Sparklines(rates);
    const head = element('tr', {role: 'row'}, ...columns.map((column) => this.#header(column)),
      element('th', {role: 'columnheader', scope: 'col', class: 'tools'},
        element('span', {class: 'unseen'}, 'Actions')));
    this.element = element('table', {role: 'table', class: 'fleet', 'aria-label': 'Cameras'},
      element('thead', {role: 'rowgroup'}, head), this.#body);
    this.#body.addEventListener('click', (event) => this.#use(event));
    this.#body.addEventListener('keydown', (event) => this.#walk(event));
    this.#body.addEventListener('pointerenter', () => { this.#pointed = true; });
    this.#body.addEventListener('pointerleave', () => { this.#pointed = false; });
    this.sort_by(this.#sort);
  }

  get sort() {
    return this.#sort;
  }

  sort_by(sort) {
    this.#sort = sort;
    for (const [key, header] of this.#headers) {
      header.setAttribute('aria-sort', key === sort.key ? sort.direction : 'none');
    }
    this.#order = [];
  }

  /** Shows these cameras, those that `wanted` lets through. */
  update(cameras, wanted) {
    let changed = this.#forget_others(cameras);
    for (const camera of cameras.values()) {
      let row = this.#rows.get(camera.name);
      if (!row) {
        row = new CameraRow(camera.name);
        this.#rows.set(camera.name, row);
        this.#sparklines.watch(row.sparkline, camera.name);
        changed = true;
      }
      row.show(camera);
      set_attribute(row.element, 'data-group', group_of(camera.state));
    }
    if (changed || this.#order.length === 0 || !this.#in_use()) this.#arrange(cameras);
    this.shown = 0;
    for (const camera of cameras.values()) {
      const visible = wanted(camera);
      this.shown += visible ? 1 : 0;
      const {element: shown} = this.#rows.get(camera.name);
      if (shown.hidden === visible) shown.hidden = !visible;
    }
    this.#sparklines.update();
  }

  focus_first() {
    this.#visible()[0]?.link.focus();
  }

  close() {
    this.#sparklines.close();
  }

  #forget_others(cameras) {
    let changed = false;
    for (const [name, row] of this.#rows) {
      if (cameras.has(name)) continue;
      this.#sparklines.forget(row.sparkline);
      row.element.remove();
      this.#rows.delete(name);
      changed = true;
    }
    return changed;
  }

  #in_use() {
    return this.#pointed || this.#body.contains(document.activeElement);
  }

  // Moves as few rows as it can: a row that stands right is not touched.
  #arrange(cameras) {
    this.#order = [...cameras.values()].sort(sorting(this.#sort)).map(({name}) => name);
    let place = this.#body.firstElementChild;
    for (const name of this.#order) {
      const {element: row} = this.#rows.get(name);
      if (row === place) {
        place = place.nextElementSibling;
      } else {
        this.#body.insertBefore(row, place);
      }
    }
  }

  #header({key, label, unit, hint, first}) {
    const text = unit ? [label, ' ', element('small', {}, unit)] : [label];
    const sortable = Boolean(first);
    const choose = () => {
      const same = this.#sort.key === key;
      const other = this.#sort.direction === 'ascending' ? 'descending' : 'ascending';
      this.sort_by({key, direction: same ? other : first});
      this.dispatchEvent(new Event('sort'));
    };
    const header = element('th', {role: 'columnheader', scope: 'col', title: hint,
      class: key === 'name' || key === 'state' || key === 'chart' ? key : 'figure'},
    sortable ? element('button', {type: 'button', on: {click: choose}}, ...text) : label);
    if (sortable) this.#headers.set(key, header);
    return header;
  }

  #use(event) {
    const used = event.target.closest('button[data-act]');
    const row = this.#rows.get(event.target.closest('tr')?.dataset.name);
    if (!used || !row) return;
    this.dispatchEvent(new CustomEvent('act', {detail: {act: used.dataset.act, row}}));
  }

  #visible() {
    return this.#order.map((name) => this.#rows.get(name)).filter((row) => !row.element.hidden);
  }

  // Arrows go to the same control of the row above or below, Home and End to the first and last.
  #walk(event) {
    const {act} = event.target.dataset;
    const rows = this.#visible();
    const here = rows.findIndex((row) => row.element.contains(event.target));
    let next = -1;
    if (event.key in up_and_down) next = here + up_and_down[event.key];
    if (event.key === 'Home') next = 0;
    if (event.key === 'End') next = rows.length - 1;
    const row = rows[next];
    if (!row || !act) return;
    event.preventDefault();
    row.element.querySelector(`[data-act="${act}"]`).focus();
  }
}
