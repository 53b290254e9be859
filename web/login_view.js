// Asks for the token of the API where the daemon wants one. It is exchanged for a session at once,
// in a cookie that no script can read, and kept nowhere.
import * as api from './api.js';
import {element, set_text} from './dom.js';

export class LoginView {
  title = 'camherd: log in';

  /** `entered` runs once there is a session. */
  constructor(entered) {
    const trouble = element('p', {class: 'trouble', role: 'alert'});
    const token = element('input', {type: 'password', name: 'token', required: true,
      autocomplete: 'current-password', id: 'token'});
    const send = element('button', {type: 'submit', class: 'primary'}, 'Log in');
    const form = element('form', {class: 'login', novalidate: true},
      element('h1', {}, 'Log in'),
      element('label', {class: 'field'}, element('span', {}, 'Token'), token,
        element('small', {}, 'http.token of the configuration file')),
      trouble, element('div', {class: 'buttons'}, send));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      send.disabled = true;
      set_text(trouble, '');
      try {
        await api.login(token.value);
        entered();
      } catch (problem) {
        set_text(trouble, problem.status === 401 ? 'This is not the token.' : problem.message);
        token.select();
      } finally {
        send.disabled = false;
      }
    });
    this.element = form;
    this.focus = token;
  }

  close() {}
}
