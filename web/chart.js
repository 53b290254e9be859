// A chart over time, with what it shows now, or under the pointer, in words above it.
import uPlot from './vendor/uplot/uPlot.esm.js';
import {element, set_text} from './dom.js';
import {colour, theme} from './theme.js';

const height = 150;
const least_span = 600;  // seconds, also where less is known
const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit'});
const exact_clock = new Intl.DateTimeFormat('en-GB',
  {hour: '2-digit', minute: '2-digit', second: '2-digit'});

// Charts of one page point at the same moment.
const together = 'camera';

/**
 * `lines` are {key, label, colour}, where the colour is a property of style/theme.css that also has
 * one with "-fill"; `format` says a value in words and `tick` one on the axis, which reaches up to
 * `least_top` at least.
 */
export class Chart {
  #lines;
  #format;
  #tick;
  #least_top;
  #columns = null;
  #plot;
  #holder = element('div', {class: 'plot'});
  #values = [];
  #when = element('span', {class: 'when'});
  #resize = new ResizeObserver(([{contentRect}]) => this.#fit(contentRect.width));
  #recolour = () => this.#plot?.redraw();

  constructor({title, lines, format, tick = format, least_top = 1}) {
    this.#lines = lines;
    this.#format = format;
    this.#tick = tick;
    this.#least_top = least_top;
    const legend = lines.map(({label, colour: property}) => {
      const value = element('b', {}, '–');
      this.#values.push(value);
      return element('span', {class: 'key', data: {colour: property}},
        element('i', {'aria-hidden': 'true'}), lines.length > 1 ? `${label} ` : null, value);
    });
    this.element = element('figure', {class: 'panel chart-panel'},
      element('figcaption', {}, element('h3', {}, title), ...legend, this.#when), this.#holder);
    this.#resize.observe(this.#holder);
    theme.addEventListener('change', this.#recolour);
  }

  get keys() {
    return this.#lines.map(({key}) => key);
  }

  /** Shows times and values, as CameraHistory.of gives them. */
  show(columns) {
    this.#columns = columns;
    this.#plot?.setData(columns);
    this.#tell();
  }

  close() {
    this.#resize.disconnect();
    theme.removeEventListener('change', this.#recolour);
    this.#plot?.destroy();
  }

  #fit(width) {
    if (width <= 0) return;
    if (this.#plot) {
      this.#plot.setSize({width, height});
    } else {
      this.#plot = new uPlot(this.#options(width), this.#columns ?? [[], ...this.keys.map(() => [])],
        this.#holder);
    }
  }

  #options(width) {
    const axis = {
      stroke: () => colour('--muted'),
      font: '11px system-ui, sans-serif',
      grid: {stroke: () => colour('--grid'), width: 1},
      ticks: {show: false},
    };
    return {
      width,
      height,
      padding: [8, 8, 0, 0],
      legend: {show: false},
      cursor: {sync: {key: together}, y: false, drag: {x: false, y: false},
        points: {size: 6, fill: (_, line) => colour(this.#lines[line - 1].colour)}},
      scales: {
        x: {range: (_, first, last) => [Math.min(first ?? 0, (last ?? 0) - least_span), last ?? 0]},
        y: {range: (_, least, most) => [0, Math.max((most ?? 0) * 1.1, this.#least_top)]},
      },
      axes: [
        {...axis, size: 24, space: 60,
          values: (_, ticks) => ticks.map((tick) => clock.format(tick * 1000))},
        {...axis, size: 56, space: 32,
          values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : this.#tick(tick)))},
      ],
      series: [{}, ...this.#lines.map((line, index) => ({
        stroke: () => colour(line.colour),
        fill: index === 0 ? () => colour(`${line.colour}-fill`) : undefined,
        width: 1.5,
        points: {show: false},
      }))],
      hooks: {setCursor: [() => this.#tell()]},
    };
  }

  // Under the pointer, or now.
  #tell() {
    const pointed = this.#plot?.cursor.idx ?? null;
    const [times, ...lines] = this.#columns ?? [[]];
    const at = pointed ?? times.length - 1;
    this.#values.forEach((value, index) => set_text(value, this.#format(lines[index]?.[at])));
    set_text(this.#when, pointed === null || times[at] === undefined
      ? '' : exact_clock.format(times[at] * 1000));
  }
}
