// A small live picture beside a row, under the pointer or by its button. There is one at most: each
// holds a connection, and a browser opens only six.
import * as api from './api.js';
import {element, set_text} from './dom.js';
import {words} from './format.js';

const hover_delay_ms = 250;
const size = {fps: 2, width: 320};

const picture = element('img', {alt: '', width: 320, height: 180});
const caption = element('p');
const card = element('div', {class: 'preview', popover: 'manual', role: 'dialog',
  'aria-label': 'Live picture'}, picture, caption);

let shown = null;
let waiting = 0;

picture.addEventListener('load', () => { card.dataset.picture = 'live'; });
picture.addEventListener('error', () => {
  if (!picture.getAttribute('src')) return;
  card.dataset.picture = 'none';
  set_text(caption, `${shown?.camera.name}: no picture now`);
});

export function hide_preview() {
  clearTimeout(waiting);
  shown?.opener?.setAttribute('aria-expanded', 'false');
  shown = null;
  picture.removeAttribute('src');
  if (card.isConnected && card.matches(':popover-open')) card.hidePopover();
}

/** Shows the picture beside `anchor`; `opener` is the button that was used, if it was one. */
function show(camera, anchor, opener) {
  hide_preview();
  shown = {camera, anchor, opener};
  opener?.setAttribute('aria-expanded', 'true');
  const runs = camera.state === 'streaming';
  card.dataset.picture = runs ? 'awaited' : 'none';
  set_text(caption, runs ? camera.name : `${camera.name}: ${words(camera.state)}`);
  if (runs) picture.src = api.moving_picture(camera.name, size);
  document.body.append(card);
  card.showPopover();
  place(anchor.getBoundingClientRect());
}

// Right of the anchor where there is room, and always within the window.
function place(anchor) {
  const {width, height} = card.getBoundingClientRect();
  const gap = 8;
  const right = anchor.right + gap;
  const left = right + width <= innerWidth - gap ? right : anchor.left - width - gap;
  const most_left = innerWidth - width - gap;
  card.style.left = `${Math.max(gap, Math.min(left, most_left))}px`;
  const top = anchor.top + anchor.height / 2 - height / 2;
  card.style.top = `${Math.max(gap, Math.min(top, innerHeight - height - gap))}px`;
}

/** Lets the rows of a table show their pictures; `camera_of` gives what is known of a name. */
export function peek_over(table, camera_of) {
  const camera_at = (target) => camera_of(target.closest('tr')?.dataset.name);

  table.addEventListener('pointerover', (event) => {
    if (event.pointerType === 'touch') return;
    const cell = event.target.closest('[data-act="peek"]');
    if (!cell || shown?.opener || shown?.anchor === cell.firstElementChild) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const camera = camera_at(cell);
      if (camera && cell.matches(':hover')) show(camera, cell.firstElementChild, null);
    }, hover_delay_ms);
  });
  table.addEventListener('pointerout', (event) => {
    const cell = event.target.closest('[data-act="peek"]');
    if (!cell || cell.contains(event.relatedTarget) || shown?.opener) return;
    hide_preview();
  });
  table.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-act="picture"]');
    if (!opener) return;
    const camera = camera_at(opener);
    if (shown?.opener === opener || !camera) {
      hide_preview();
    } else {
      show(camera, opener, opener);
    }
  });
  table.addEventListener('focusout', () => { if (shown?.opener) hide_preview(); });
}

document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide_preview(); });
document.addEventListener('visibilitychange', () => { if (document.hidden) hide_preview(); });
addEventListener('scroll', hide_preview, {passive: true});
addEventListener('hashchange', hide_preview);
