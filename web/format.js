// How figures read. Each function takes null or undefined for "not known" and says so by a dash.

const unknown = '–';

/** Compares texts as people do: cam2 before cam10. */
export const {compare} = new Intl.Collator('en', {numeric: true, sensitivity: 'base'});

const counts = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});
const whole = new Intl.NumberFormat('en');

export function rate(value) {
  return value === null || value === undefined ? unknown : value.toFixed(1);
}

/** Milliseconds: two digits that matter are enough. */
export function age(ms) {
  if (ms === null || ms === undefined) return unknown;
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

export function count(value) {
  return value === null || value === undefined ? unknown : counts.format(value);
}

export function exact(value) {
  return value === null || value === undefined ? unknown : whole.format(value);
}

export function bitrate(bits) {
  if (bits === null || bits === undefined) return unknown;
  if (bits >= 999.5e6) return `${(bits / 1e9).toFixed(2)} Gb/s`;
  if (bits >= 999.5e3) return `${(bits / 1e6).toFixed(1)} Mb/s`;
  return `${(bits / 1e3).toFixed(0)} kb/s`;
}

export function bytes(value) {
  if (value === null || value === undefined) return unknown;
  const steps = [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
  const [size, unit] = steps.find(([least]) => value >= least) ?? [1, 'B'];
  return `${(value / size).toFixed(size === 1 ? 0 : 1)} ${unit}`;
}

/** Seconds as the two largest of days, hours, minutes, seconds. */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return unknown;
  const left = Math.floor(seconds);
  const parts = [[Math.floor(left / 86_400), 'd'], [Math.floor(left / 3600) % 24, 'h'],
    [Math.floor(left / 60) % 60, 'min'], [left % 60, 's']];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  return parts.slice(first, first + 2).map(([n, unit]) => `${n} ${unit}`).join(' ');
}

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit',
  second: '2-digit', fractionalSecondDigits: 3});
const day = new Intl.DateTimeFormat('en-GB', {day: '2-digit', month: 'short'});

/** The local time of an ISO text; with the day unless that is today. */
export function moment(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return unknown;
  const today = when.toDateString() === new Date().toDateString();
  return today ? clock.format(when) : `${day.format(when)} ${clock.format(when)}`;
}

/** The words of a name of the API: waiting_keyframe reads "waiting keyframe". */
export function words(name) {
  return String(name ?? 'unknown').replaceAll('_', ' ');
}
