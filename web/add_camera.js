// The dialog that adds a camera.
import * as api from './api.js';
import {open_dialog, tell} from './dialogs.js';
import {element} from './dom.js';

/** Lines of key=value, as docs/ref/config.md names them. Empty lines are left out. */
export function parse_settings(text) {
  const settings = {};
  for (const line of text.split('\n').map((raw) => raw.trim()).filter((raw) => raw)) {
    const at = line.indexOf('=');
    if (at < 1) throw new Error(`"${line}" is no setting: write key=value`);
    settings[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return settings;
}

function field(label, input, hint) {
  return element('label', {class: 'field'}, element('span', {}, label), input,
    hint && element('small', {}, hint));
}

export function add_camera() {
  const name = element('input', {name: 'name', required: true, maxlength: 63, autofocus: true,
    autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off'});
  const url = element('input', {name: 'url', required: true, inputmode: 'url', autocomplete: 'off',
    spellcheck: 'false', placeholder: 'rtsp://user:password@10.0.0.5/stream1'});
  const transport = element('select', {name: 'transport'},
    ...[['', 'as by default'], ['tcp', 'TCP'], ['udp', 'UDP'], ['auto', 'UDP, TCP where it fails']]
      .map(([value, text]) => element('option', {value}, text)));
  const more = element('textarea', {name: 'more', rows: 3, spellcheck: 'false', autocomplete: 'off',
    placeholder: 'frames_per_second_limit=5'});
  open_dialog({
    title: 'Add a camera',
    content: [
      field('Name', name, 'a-z, 0-9, _ and -'),
      field('URL', url, 'rtsp, rtsps, http, https, rtmp, srt, udp or file'),
      field('Transport of RTSP', transport),
      field('Further settings', more, 'one key=value a line'),
    ],
    confirm: 'Add',
    submit: async (form) => {
      const settings = {name: form.get('name').trim(), url: form.get('url').trim(),
        ...parse_settings(form.get('more'))};
      if (form.get('transport')) settings.transport = form.get('transport');
      await api.add(settings);
      tell(`${settings.name} is added`);
    },
  });
}
