// Dialogs that ask before something is done, and say in place why it could not be.
import {element, set_text} from './dom.js';

/**
 * A modal dialog around a form. `submit` does the thing when the form is sent; what it throws is
 * shown, and the dialog stays. Closes by Escape, by its buttons, and when `submit` is done. Without
 * `submit` there is nothing to do but to close it. The focus goes back to where it was.
 */
export function open_dialog({title, content = [], confirm, danger = false, cancel = 'Cancel', submit}) {
  const trouble = element('p', {class: 'trouble', role: 'alert'});
  const dialog = element('dialog', {'aria-labelledby': 'dialog-title'});
  const send = submit && element('button', {type: 'submit',
    class: danger ? 'danger' : 'primary'}, confirm);
  const close = element('button', {type: 'button', on: {click: () => dialog.close()}}, cancel);
  const form = element('form', {method: 'dialog', novalidate: true},
    element('h2', {id: 'dialog-title'}, title), ...content, trouble,
    element('div', {class: 'buttons'}, close, send));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!submit || send.disabled) return;
    send.disabled = true;
    set_text(trouble, '');
    try {
      await submit(new FormData(form));
      dialog.close();
    } catch (problem) {
      set_text(trouble, problem.message);
    } finally {
      send.disabled = false;
    }
  });
  dialog.append(form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  if (!form.querySelector('[autofocus]')) (danger ? close : send ?? close).focus();
  return dialog;
}

let fading = 0;

/** Tells for some seconds what was done. */
export function tell(text) {
  const notice = document.getElementById('notice');
  set_text(notice, text);
  clearTimeout(fading);
  fading = setTimeout(() => set_text(notice, ''), 6000);
}
