// Small charts of the rows that can be seen. A row out of sight has none, so hundreds of cameras cost
// what a screen full of them does.
import uPlot from './vendor/uplot/uPlot.esm.js';
import {colour, theme} from './theme.js';

const width = 120;
const height = 28;

function options() {
  return {
    width,
    height,
    padding: [3, 0, 3, 0],
    cursor: {show: false},
    legend: {show: false},
    select: {show: false},
    scales: {x: {time: false}, y: {range: (_, least, most) => [0, Math.max(most ?? 0, 1)]}},
    axes: [{show: false}, {show: false}],
    series: [{}, {
      stroke: () => colour('--line-1'),
      fill: () => colour('--line-1-fill'),
      width: 1.5,
      points: {show: false},
    }],
  };
}

/** Keeps a sparkline in each watched element that is in sight. */
export class Sparklines {
  #rates;
  #charts = new Map();
  #watch = new IntersectionObserver((entries) => this.#seen(entries), {rootMargin: '100px'});
  #names = new WeakMap();
  #recolour = () => this.#redraw();

  constructor(rates) {
    this.#rates = rates;
    theme.addEventListener('change', this.#recolour);
  }

  watch(holder, name) {
    this.#names.set(holder, name);
    this.#watch.observe(holder);
  }

  forget(holder) {
    this.#watch.unobserve(holder);
    this.#drop(holder);
  }

  /** Draws those in sight that have something new to show. */
  update() {
    for (const [holder, shown] of this.#charts) {
      if (shown.version !== this.#rates.version) this.#show(holder, shown);
    }
  }

  close() {
    theme.removeEventListener('change', this.#recolour);
    this.#watch.disconnect();
    for (const holder of [...this.#charts.keys()]) this.#drop(holder);
  }

  #seen(entries) {
    for (const {target, isIntersecting} of entries) {
      if (!isIntersecting) {
        this.#drop(target);
      } else if (!this.#charts.has(target)) {
        const shown = {chart: new uPlot(options(), [[], []], target), version: -1};
        this.#charts.set(target, shown);
        this.#show(target, shown);
      }
    }
  }

  #show(holder, shown) {
    const values = this.#rates.of(this.#names.get(holder));
    shown.version = this.#rates.version;
    shown.chart.setData([values.map((_, index) => index), values]);
  }

  #drop(holder) {
    this.#charts.get(holder)?.chart.destroy();
    this.#charts.delete(holder);
  }

  #redraw() {
    for (const {chart} of this.#charts.values()) chart.redraw();
  }
}
