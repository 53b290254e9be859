// Puts the page together: which view the address names, the session, and what the daemon tells.
import * as api from './api.js';
import {CameraView} from './camera_view.js';
import {icon, icons, set_attribute, set_text} from './dom.js';
import {EventsView} from './events_view.js';
import {Fleet} from './fleet.js';
import {FleetView} from './fleet_view.js';
import {span} from './format.js';
import {listen_to_keys, show_keys} from './keys.js';
import {LiveFeed} from './live.js';
import {LoginView} from './login_view.js';
import {chosen_theme, next_theme} from './theme.js';

// Whether to offer a way out; the cookie of the session is not for scripts.
const logged_in = 'camherd.logged_in';
const history_minutes = 10;
const theme_names = {auto: 'as the system', light: 'light', dark: 'dark'};

const fleet = new Fleet();
const live = new LiveFeed();
const main = document.getElementById('main');
let view = null;

function show(next) {
  view?.close();
  view = next;
  main.replaceChildren(view.element);
  document.title = view.title;
  const page = location.hash.startsWith('#/events') ? 'events' : 'fleet';
  for (const link of document.querySelectorAll('nav a')) {
    set_attribute(link, 'aria-current', link.dataset.page === page && 'page');
  }
}

function route() {
  if (view instanceof LoginView) return;
  const camera = location.hash.match(/^#\/camera\/(.+)$/);
  scrollTo(0, 0);
  if (camera) {
    show(new CameraView(fleet, live, decoded(camera[1])));
    main.focus({preventScroll: true});
  } else if (location.hash === '#/events') {
    show(new EventsView(live));
  } else {
    show(new FleetView(fleet));
  }
}

// An address that somebody mistyped names no camera, which the page then says.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function ask_for_token() {
  live.close();
  if (view instanceof LoginView) return;
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  show_connection('waiting', 'not logged in');
  localStorage.removeItem(logged_in);
  show_logout();
  const login = new LoginView(() => {
    localStorage.setItem(logged_in, 'yes');
    view = null;
    begin();
  });
  show(login);
  login.focus.focus();
}

async function log_out() {
  await api.logout().catch(() => {});
  ask_for_token();
}

function show_logout() {
  document.getElementById('logout').hidden = localStorage.getItem(logged_in) === null;
}

function show_connection(state, text) {
  const shown = document.getElementById('connection');
  shown.dataset.state = state;
  set_text(shown, text);
}

// One drawing a frame at most, of the newest status; none while nobody looks.
let newest = null;
function take_status({detail: status}) {
  if (newest === null) {
    requestAnimationFrame(() => {
      fleet.take(newest);
      newest = null;
    });
  }
  newest = status;
}

async function begin() {
  show_connection('waiting', 'connecting');
  try {
    const node = await api.node();
    set_text(document.getElementById('node'),
      `${node.version}, up ${span(node.uptime_seconds)}`);
    fleet.rates.take(await api.fleet_history(history_minutes));
  } catch (problem) {
    if (problem.status === 401) return;
    show_connection('lost', problem.message);
  }
  show_logout();
  live.open();
  route();
}

function show_theme() {
  const button = document.getElementById('theme');
  const text = `Colours: ${theme_names[chosen_theme()]}`;
  button.replaceChildren(icon(icons[chosen_theme()]));
  button.setAttribute('aria-label', text);
  button.title = text;
}

live.addEventListener('status', take_status);
live.addEventListener('connection', ({detail: state}) => {
  document.body.dataset.connection = state;
  show_connection(state, state === 'live' ? 'live' : 'connection lost, retrying');
});
api.access.addEventListener('unauthorized', ask_for_token);
addEventListener('hashchange', route);
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
document.getElementById('theme').addEventListener('click', () => {
  next_theme();
  show_theme();
});
document.getElementById('keys').addEventListener('click', show_keys);
document.getElementById('logout').addEventListener('click', log_out);
show_theme();
listen_to_keys();
begin();
