// The large picture of a camera's page: a still one, and a live one when somebody asks for it, since
// that costs decoding.
import * as api from './api.js';
import {element, set_text} from './dom.js';

const size = {fps: 10, width: 960};

export class LivePicture {
  #name;
  #live = false;
  #picture = element('img', {hidden: true});
  #said = element('p', {role: 'status'}, 'Waiting for a picture…');
  #button = element('button', {type: 'button', on: {click: () => this.#play(!this.#live)}});
  #hide = () => { if (document.hidden && this.#live) this.#play(false); };

  constructor(name) {
    this.#name = name;
    this.#picture.alt = `What ${name} sees`;
    this.#picture.addEventListener('load', () => this.#show(''));
    this.#picture.addEventListener('error', () => this.#explain());
    document.addEventListener('visibilitychange', this.#hide);
    this.element = element('section', {class: 'panel picture', 'aria-label': 'Picture'},
      element('div', {class: 'screen'}, this.#picture, this.#said), this.#button);
    this.#play(false);
  }

  close() {
    document.removeEventListener('visibilitychange', this.#hide);
    this.#picture.removeAttribute('src');
  }

  #play(live) {
    this.#live = live;
    set_text(this.#button, live ? 'Stop the live picture' : 'Show live picture');
    this.element.dataset.picture = live ? 'live' : 'still';
    this.#picture.src = live ? api.moving_picture(this.#name, size)
      : api.still_picture(this.#name, size.width);
  }

  #show(trouble) {
    set_text(this.#said, trouble);
    this.#said.hidden = !trouble;
    this.#picture.hidden = Boolean(trouble);
  }

  // An <img> does not tell what the answer said, so the question is asked once more. A live picture
  // that ended leaves the question open, and its button.
  async #explain() {
    if (!this.#picture.hasAttribute('src')) return;
    this.#live = false;
    set_text(this.#button, 'Show live picture');
    this.#show(await api.picture_problem(this.#name) ?? 'The live picture ended.');
  }
}
