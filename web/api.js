// The daemon's HTTP API (docs/ref/http-api.md).

/** What the API said instead of an answer. `message` is for people. */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
  }
}

/** Says "unauthorized" when a request was refused for want of a session. */
export const access = new EventTarget();

async function problem_of(answer) {
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // A proxy on the way may answer without a problem detail; the status says enough.
  }
  return new Problem(answer.status, said.title || `HTTP ${answer.status}`, said.detail);
}

/** Throws a Problem: of what the API refused, or with the status 0 when nothing answered. */
async function request(method, path, {body, headers = {}} = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? headers : {...headers, 'Content-Type': 'application/json'},
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch {
    throw new Problem(0, 'camherd does not answer');
  }
  if (!answer.ok) {
    const problem = await problem_of(answer);
    if (answer.status === 401) access.dispatchEvent(new Event('unauthorized'));
    throw problem;
  }
  if (answer.status === 204) return null;
  const type = answer.headers.get('Content-Type') ?? '';
  return type.includes('json') ? answer.json() : null;
}

const cameras = '/api/v1/cameras';

/** Where a camera is; its name is hostile until it is encoded. */
export function path_of(name, below = '') {
  return `${cameras}/${encodeURIComponent(name)}${below}`;
}

/** The address of a live picture that moves `fps` times a second and is `width` pixels wide. */
export function moving_picture(name, {fps, width}) {
  return path_of(name, `/stream.mjpeg?fps=${fps}&width=${width}`);
}

/** The address of a picture of the moment, another one each time. */
export function still_picture(name, width) {
  return path_of(name, `/snapshot.jpg?width=${width}&at=${Date.now()}`);
}

export const node = () => request('GET', '/api/v1/node');
export const camera = (name) => request('GET', path_of(name));
export const add = (settings) => request('POST', cameras, {body: settings});
export const remove = (name) => request('DELETE', path_of(name));
export const start = (name) => request('POST', path_of(name, '/start'));
export const stop = (name) => request('POST', path_of(name, '/stop'));
export const restart = (name) => request('POST', path_of(name, '/restart'));
export const history = (name) => request('GET', path_of(name, '/history'));
export const fleet_history = (minutes) => request('GET', `/api/v1/history?minutes=${minutes}`);
export const logout = () => request('DELETE', '/api/v1/session');

export function login(token) {
  return request('POST', '/api/v1/session', {headers: {Authorization: `Bearer ${token}`}});
}

/** The newest events, oldest first: of one camera, or of all where it is null. */
export async function events({camera: name, level, limit}) {
  const query = new URLSearchParams({limit});
  if (name !== null) query.set('camera', name);
  if (level) query.set('level', level);
  return (await request('GET', `/api/v1/events?${query}`)).events;
}

/** Why there is no picture of a camera, or null where there is one. */
export async function picture_problem(name) {
  try {
    await request('GET', path_of(name, '/snapshot.jpg?width=64'));
    return null;
  } catch (problem) {
    return problem.message;
  }
}
