// What the keyboard does besides what browsers do.
import {add_camera} from './add_camera.js';
import {open_dialog} from './dialogs.js';
import {element} from './dom.js';

const keys = [
  ['/', 'search'],
  ['a', 'add a camera'],
  ['↑ ↓ Home End', 'from row to row'],
  ['Enter', 'open the camera, or use the button'],
  ['g', 'go to all cameras'],
  ['e', 'go to the events'],
  ['Esc', 'close, or clear the search'],
  ['?', 'this list'],
];

export function show_keys() {
  open_dialog({title: 'Keys', cancel: 'Close', content: [element('dl', {class: 'keys'},
    ...keys.flatMap(([key, does]) => [element('dt', {}, element('kbd', {}, key)),
      element('dd', {}, does)]))]});
}

function search() {
  if (!document.getElementById('search')) location.hash = '#/';
  // The page is drawn by the change of the address, which is told after this.
  requestAnimationFrame(() => document.getElementById('search')?.focus());
}

const shortcuts = {
  '/': search,
  a: add_camera,
  g: () => { location.hash = '#/'; },
  e: () => { location.hash = '#/events'; },
  '?': show_keys,
};

export function listen_to_keys() {
  document.addEventListener('keydown', (event) => {
    const writing = event.target.closest('input, textarea, select, dialog, .login');
    const act = shortcuts[event.key];
    if (!act || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open], .login')) return;
    event.preventDefault();
    act();
  });
}
