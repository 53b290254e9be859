// What can be done to a camera, each after a question.
import * as api from './api.js';
import {open_dialog, tell} from './dialogs.js';
import {element} from './dom.js';

function ask({title, text, confirm, danger, act, done}) {
  open_dialog({title, content: [element('p', {}, text)], confirm, danger,
    submit: async () => {
      await act();
      tell(done);
    }});
}

const in_file = 'It stands in the configuration file. Remove it there: camherd follows the file as ' +
  'soon as it is saved. To let it rest until then, stop it here.';

function restart({name}) {
  ask({title: `Restart ${name}?`, text: 'Its session is closed and a new one is opened. Consumers ' +
    'stay connected and miss the pictures in between.', confirm: 'Restart',
  act: () => api.restart(name), done: `${name} restarts`});
}

function stop({name}) {
  ask({title: `Stop ${name}?`, text: 'It stays stopped until somebody starts it, also when camherd ' +
    'itself is started again.', confirm: 'Stop', danger: true,
  act: () => api.stop(name), done: `${name} is stopped`});
}

function start({name}) {
  ask({title: `Start ${name}?`, text: 'A session is opened at once.', confirm: 'Start',
    act: () => api.start(name), done: `${name} starts`});
}

function remove({name, from_file: fixed}) {
  if (fixed) {
    open_dialog({title: `${name} cannot be removed here`, content: [element('p', {}, in_file)],
      cancel: 'Close'});
    return;
  }
  ask({title: `Remove ${name}?`, text: 'Its settings are deleted and its consumers are told that it ' +
    'is gone. This cannot be undone.', confirm: 'Remove', danger: true,
  act: () => api.remove(name), done: `${name} is removed`});
}

/** The actions that make sense for a camera now: `label`, and what asks and then does it. */
export function actions_for(camera) {
  const runs = camera.started !== false;
  return [
    {key: 'restart', label: 'Restart', ask: () => restart(camera), disabled: !runs ||
      camera.enabled === false},
    runs ? {key: 'stop', label: 'Stop', ask: () => stop(camera)}
      : {key: 'start', label: 'Start', ask: () => start(camera)},
    {key: 'remove', label: 'Remove', ask: () => remove(camera), danger: true},
  ];
}

const menu = element('div', {class: 'menu', popover: 'auto', role: 'menu'});

/** Opens the menu of actions below its button; `camera_now` gives what is known of the camera. */
export function open_menu(button, camera_now) {
  const camera = camera_now();
  if (!camera) return;
  const items = actions_for(camera).map(({key, label, ask: begin, disabled, danger}) =>
    element('button', {type: 'button', role: 'menuitem', tabindex: '-1', disabled,
      class: danger ? 'dangerous' : null, data: {action: key}, on: {click: () => {
        menu.hidePopover();
        button.focus();
        begin();
      }}}, label));
  menu.replaceChildren(...items);
  menu.setAttribute('aria-label', `Actions for ${camera.name}`);
  document.body.append(menu);
  menu.showPopover({source: button});
  const at = button.getBoundingClientRect();
  const {width, height} = menu.getBoundingClientRect();
  const below = at.bottom + 4 + height <= innerHeight;
  menu.style.left = `${Math.max(8, at.right - width)}px`;
  menu.style.top = `${below ? at.bottom + 4 : at.top - 4 - height}px`;
  items.find((item) => !item.disabled)?.focus();
  menu.onkeydown = (event) => walk(event, items.filter((item) => !item.disabled), button);
}

function walk(event, items, button) {
  const here = items.indexOf(document.activeElement);
  const to = {ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1}[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key === 'Tab' || event.key === 'Escape') {
    event.preventDefault();
    menu.hidePopover();
    button.focus();
  }
}

addEventListener('scroll', () => { if (menu.matches(':popover-open')) menu.hidePopover(); },
  {passive: true});
