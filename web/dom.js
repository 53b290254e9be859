// Elements made from plain values. Whatever comes from cameras, the daemon or people is set as text
// or as an attribute and is never parsed as markup.

/**
 * An element with attributes and children. `on` holds listeners by event, `data` the dataset; an
 * attribute that is false, null or undefined is left out, and true is an attribute without a value.
 * Children are elements or texts; null and undefined are left out.
 */
export function element(tag, {on = {}, data = {}, ...attributes} = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set_attribute(made, name, value);
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  Object.assign(made.dataset, data);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function set_attribute(of, name, value) {
  if (value === false || value === null || value === undefined) {
    of.removeAttribute(name);
  } else {
    of.setAttribute(name, value === true ? '' : value);
  }
}

/** Changes the text of an element only where it differs, since every change costs a layout. */
export function set_text(of, text) {
  if (of.textContent !== text) of.textContent = text;
}

const svg = 'http://www.w3.org/2000/svg';

/** A picture of 16 by 16 made of one stroked path. */
export function icon(path) {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('class', 'icon');
  picture.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svg, 'path');
  line.setAttribute('d', path);
  picture.append(line);
  return picture;
}

export const icons = {
  eye: 'M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  more: 'M3.2 8h.1M8 8h.1M12.8 8h.1',
  plus: 'M8 3v10M3 8h10',
  back: 'M10 3L5 8l5 5',
  auto: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  light: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1' +
    'M12 12l1 1M3 13l1-1M12 4l1-1',
  dark: 'M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z',
};
