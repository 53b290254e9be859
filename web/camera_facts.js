// What does not fit into the table of the fleet: counters by their causes, and settings.
import {element} from './dom.js';
import {age, bitrate, bytes, exact, rate, words} from './format.js';

function list(pairs) {
  return element('dl', {class: 'facts'}, ...pairs.flatMap(([name, value]) =>
    [element('dt', {}, name), element('dd', {}, value)]));
}

function by_cause(counts) {
  const some = Object.entries(counts ?? {}).filter(([, number]) => number > 0);
  return some.map(([cause, number]) => `${words(cause)} ${exact(number)}`).join(', ') || 'none';
}

/** What the last status says, in large figures. */
export function now_facts(seen) {
  const figures = [
    ['In', `${rate(seen.received_fps)} fps`],
    ['Out', `${rate(seen.fps)} fps`],
    ['Age p50', age(seen.age_p50_ms)],
    ['Age p99', age(seen.age_p99_ms)],
    ['Bit rate', bitrate(seen.bits)],
    ['Drops', exact(seen.dropped)],
    ['Restarts', exact(seen.restarts)],
    ['Packets lost', exact(seen.packets_lost)],
    ['Consumers', exact(seen.consumers)],
  ];
  return element('dl', {class: 'facts'}, ...figures.map(([name, value]) =>
    element('div', {class: 'fact'}, element('dt', {}, name), element('dd', {}, value))));
}

/** What GET /api/v1/cameras/{name} counts. */
export function counters(camera) {
  return [element('h2', {}, 'Since the start'), list([
    ['Received', exact(camera.received)],
    ['Decoded', exact(camera.decoded)],
    ['Dropped', by_cause(camera.dropped)],
    ['Restarts', by_cause(camera.restarts)],
    ['Bytes', bytes(camera.bytes)],
  ])];
}

/** Its settings, and where they come from. */
export function settings(camera) {
  const set = Object.entries(camera.settings ?? {}).filter(([key]) => key !== 'name');
  return [element('h2', {}, 'Settings'),
    element('p', {class: 'origin'}, camera.from_file
      ? 'From the configuration file, and changed there.' : 'Added while camherd runs.'),
    element('details', {}, element('summary', {}, 'All settings'),
      list(set.map(([key, value]) => [key, String(value)])))];
}
