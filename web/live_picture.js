// The large live picture of a camera's page. It costs decoding, so it plays when somebody asks.
import * as api from './api.js';
import {element, set_text} from './dom.js';

const size = {fps: 10, width: 960};

export class LivePicture {
  #name;
  #picture = element('img', {alt: '', hidden: true});
  #said = element('p', {}, 'The picture is shown when you ask for it.');
  #button = element('button', {type: 'button', 'aria-pressed': 'false',
    on: {click: () => (this.#plays() ? this.stop() : this.#play())}}, 'Show live picture');
  #hide = () => { if (document.hidden) this.stop(); };

  constructor(name) {
    this.#name = name;
    this.#picture.alt = `What ${name} sees`;
    this.#picture.addEventListener('load', () => {
      this.#picture.hidden = false;
      this.#said.hidden = true;
    });
    this.#picture.addEventListener('error', () => {
      if (!this.#plays()) return;
      this.stop();
      this.#explain();
    });
    document.addEventListener('visibilitychange', this.#hide);
    this.element = element('section', {class: 'panel picture', 'aria-label': 'Live picture'},
      element('div', {class: 'screen'}, this.#picture, this.#said), this.#button);
  }

  stop() {
    this.#picture.removeAttribute('src');
    this.#picture.hidden = true;
    this.#said.hidden = false;
    set_text(this.#said, 'The picture is shown when you ask for it.');
    set_text(this.#button, 'Show live picture');
    this.#button.setAttribute('aria-pressed', 'false');
  }

  close() {
    document.removeEventListener('visibilitychange', this.#hide);
    this.stop();
  }

  #plays() {
    return this.#picture.hasAttribute('src');
  }

  #play() {
    set_text(this.#said, 'Waiting for a picture…');
    set_text(this.#button, 'Hide live picture');
    this.#button.setAttribute('aria-pressed', 'true');
    this.#picture.src = api.moving_picture(this.#name, size);
  }

  // An <img> does not tell what the answer said, so the question is asked once more.
  async #explain() {
    const problem = await api.picture_problem(this.#name);
    set_text(this.#said, problem ?? 'The stream of pictures ended.');
  }
}
