// The columns of the fleet: what each shows of a camera, and how cameras are sorted by it.
import {age, compare, count, exact, rate, words} from './format.js';
import {groups, group_of} from './fleet.js';

const by_number = (value) => (a, b) => (value(a) ?? -1) - (value(b) ?? -1);
const order_of_groups = Object.keys(groups);
const urgency = (camera) => order_of_groups.indexOf(group_of(camera.state));

/**
 * `text` is what a cell says and `title` its exact form; `order` compares two cameras; `first` is
 * the direction that a first click sorts in. `name`, `state` and `chart` draw their cells themselves.
 */
export const columns = [
  {key: 'name', label: 'Camera', first: 'ascending', order: (a, b) => compare(a.name, b.name)},
  {key: 'state', label: 'State', first: 'ascending',
    order: (a, b) => urgency(a) - urgency(b) || compare(words(a.state), words(b.state))},
  {key: 'received_fps', label: 'In', unit: 'fps', hint: 'pictures received a second',
    first: 'descending', order: by_number((c) => c.received_fps), text: (c) => rate(c.received_fps)},
  {key: 'fps', label: 'Out', unit: 'fps', hint: 'frames published a second',
    first: 'descending', order: by_number((c) => c.fps), text: (c) => rate(c.fps)},
  {key: 'chart', label: 'Out, 10 min'},
  {key: 'age_p50_ms', label: 'Age', unit: 'p50', hint: 'from receiving to publishing, median',
    first: 'descending', order: by_number((c) => c.age_p50_ms), text: (c) => age(c.age_p50_ms)},
  {key: 'age_p99_ms', label: 'Age', unit: 'p99', hint: 'from receiving to publishing, 99th percentile',
    first: 'descending', order: by_number((c) => c.age_p99_ms), text: (c) => age(c.age_p99_ms)},
  {key: 'dropped', label: 'Drops', hint: 'pictures dropped since the start', first: 'descending',
    order: by_number((c) => c.dropped), text: (c) => count(c.dropped),
    title: (c) => `${exact(c.dropped)} in all, ${rate(c.dropped_fps)} a second now`,
    warns: (c) => c.dropped_fps > 0},
  {key: 'restarts', label: 'Restarts', hint: 'new sessions since the start', first: 'descending',
    order: by_number((c) => c.restarts), text: (c) => count(c.restarts),
    title: (c) => exact(c.restarts)},
  {key: 'consumers', label: 'Consumers', hint: 'who reads its frames now', first: 'descending',
    order: by_number((c) => c.consumers), text: (c) => count(c.consumers)},
];

/** A comparison by a column and a direction, by name where cameras are equal. */
export function sorting({key, direction}) {
  const {order} = columns.find((column) => column.key === key);
  const sign = direction === 'descending' ? -1 : 1;
  return (a, b) => sign * order(a, b) || compare(a.name, b.name);
}
