// Light or dark: what the system says, until somebody chooses here. Loaded before the first paint.
const key = 'camherd.theme';
const choices = ['auto', 'light', 'dark'];
const colours = new Map();

/** Says "change" when the colours of the page are others. */
export const theme = new EventTarget();

let chosen = choices.includes(localStorage.getItem(key)) ? localStorage.getItem(key) : 'auto';
apply();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce);

function announce() {
  colours.clear();
  theme.dispatchEvent(new Event('change'));
}

function apply() {
  if (chosen === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
}

export function chosen_theme() {
  return chosen;
}

export function next_theme() {
  chosen = choices[(choices.indexOf(chosen) + 1) % choices.length];
  localStorage.setItem(key, chosen);
  apply();
  announce();
  return chosen;
}

/** A colour of style/theme.css as canvases understand it, under the theme of the moment. */
export function colour(property) {
  const known = colours.get(property);
  if (known) return known;
  const probe = document.createElement('i');
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  colours.set(property, value);
  return value;
}
