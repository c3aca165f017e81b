import { completion, grow } from './completion.js';
import { reactionPicker } from './picker.js';
import { $, ask, element, filledIn, showGuide, showHtml, showPieces, toast, valueOf } from './view.js';

// Where the page is: kept in the address, so that reloading and sharing it works.
const [hashUser = '', hashWhere = '', hashThread = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
const here = { user: hashUser, where: hashWhere, thread: hashThread };
const seen = new Map(); // user/conversation → newest message of the bot they have seen
const drafts = new Map(); // user/conversation → what is being written
let state = null;
let asking = false;
let again = false;

const TRY_AGAIN_MS = 1000;
const SLOW_DOWN_MS = 120; // between two looks, when things change faster than they can be shown

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const query = String(new URLSearchParams({ user: here.user, where: here.where, thread: here.thread }));
      const fresh = await (await fetch(`/page/state?${query}`)).json();
      // What was asked for a place that has been left is not shown; anything else is, however much changes meanwhile.
      if (query === String(new URLSearchParams({ user: here.user, where: here.where, thread: here.thread }))) {
        state = fresh;
        show();
      }
      if (again) await new Promise((resolve) => setTimeout(resolve, SLOW_DOWN_MS));
    } while (again);
  } catch (error) {
    console.error(error);
    $('connection').textContent = error instanceof TypeError ? 'The workspace does not answer.' : 'Something went wrong on this page.';
    setTimeout(refresh, TRY_AGAIN_MS);
  } finally {
    asking = false;
  }
}

async function act(what) {
  const response = await fetch('/page/act', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user: here.user, act: what }) });
  const answer = await response.json().catch(() => ({ error: 'The workspace did not answer.' }));
  toast(answer.error);
  return answer;
}

function go(change) {
  drafts.set(`${here.user}/${here.where}`, $('composer-text').value);
  const moved = change.where !== undefined && change.where !== here.where;
  Object.assign(here, change);
  location.replace(`#${here.user}/${here.where}/${here.thread}`);
  if (moved || change.user !== undefined) {
    $('log').replaceChildren();
    $('composer-text').value = drafts.get(`${here.user}/${here.where}`) ?? '';
  }
  if (change.thread !== undefined) $('thread-log').replaceChildren();
  return refresh();
}

function show() {
  if (!state.people.some((person) => person.id === here.user)) here.user = state.people[0].id;
  const places = [...state.channels.map((channel) => channel.id), state.bot.dm, 'home'];
  if (!places.includes(here.where)) {
    // A DM belongs to one person: switching people leads to the other one's.
    const other = here.where.startsWith('D') ? state.bot.dm : (state.channels[0]?.id ?? state.bot.dm);
    go({ where: other, thread: '' });
    return;
  }
  const atHome = here.where === 'home';
  const latest = here.where === state.bot.dm ? state.dmLatest : (state.channels.find((channel) => channel.id === here.where)?.latest ?? '0');
  seen.set(`${here.user}/${here.where}`, latest);
  showPlaces();
  showPeople();
  showTop();
  showGuide($('guide'), state.guide);
  $('log').hidden = atHome;
  $('composer').hidden = atHome;
  $('home').hidden = !atHome;
  if (atHome) showHtml($('home'), state.home || `<p class="empty">${'This app has not put anything here yet.'}</p>`);
  else if (state.messages.length === 0) showHtmlOnce($('log'), '<p class="empty">Nothing has been said here yet.</p>');
  else showPieces($('log'), state.messages);
  showThread();
  showModal();
  $('connection').textContent = state.sockets === 0 ? `${state.bot.name} is not connected` : '';
}

function showHtmlOnce(node, html) {
  if (node.querySelector('.empty') === null) node.innerHTML = html;
}

function placeButton(id, label, latest) {
  const unread = id !== here.where && Number(latest) > Number(seen.get(`${here.user}/${id}`) ?? 0);
  const button = element('button', { type: 'button', textContent: label, className: unread ? 'unread' : '' });
  button.dataset.where = id;
  if (id === here.where) button.setAttribute('aria-current', 'page');
  if (unread) button.append(element('span', { className: 'dot', title: 'New messages', ariaLabel: 'new messages' }));
  return element('li', {}, button);
}

function keepFocus(list, ...items) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.where ?? document.activeElement.value : null;
  list.replaceChildren(...items);
  if (focused !== null) [...list.querySelectorAll('button, input')].find((one) => (one.dataset.where ?? one.value) === focused)?.focus();
}

function showPlaces() {
  keepFocus($('channels'), ...state.channels.map((channel) => placeButton(channel.id, `# ${channel.name}`, channel.latest)));
  const apps = [placeButton(state.bot.dm, state.bot.name, state.dmLatest)];
  if (state.bot.homeTab) apps.push(placeButton('home', 'Home', '0'));
  keepFocus($('apps'), ...apps);
}

function showPeople() {
  const options = state.people.map((person) => {
    const input = element('input', { type: 'radio', name: 'person', value: person.id, checked: person.id === here.user });
    const label = element('label', { className: 'person', lang: person.locale });
    label.innerHTML = person.avatar;
    label.prepend(input);
    label.append(element('span', { textContent: person.name }));
    return label;
  });
  keepFocus($('people'), ...options);
}

function showTop() {
  const channel = state.channels.find((one) => one.id === here.where);
  const me = state.people.find((person) => person.id === here.user);
  $('title').textContent = channel ? `# ${channel.name}` : state.bot.name;
  document.title = `${$('title').textContent} · ${me.name}`;
  $('composer-text').placeholder = channel ? `Message #${channel.name} as ${me.name}, or type / for commands` : `Message ${state.bot.name} as ${me.name}`;
  const tabs = channel ? [] : [['home', 'Home'], [state.bot.dm, 'Messages']].filter(([id]) => id !== 'home' || state.bot.homeTab);
  $('tabs').hidden = tabs.length === 0;
  const buttons = tabs.map(([id, label]) => {
    const tab = element('button', { type: 'button', role: 'tab', textContent: label, ariaSelected: String(id === here.where) });
    tab.dataset.where = id;
    return tab;
  });
  $('new-agent').hidden = channel !== undefined || !state.bot.agent;
  keepFocus($('tabs'), ...buttons);
}

function showThread() {
  $('thread').hidden = here.thread === '' || here.where === 'home';
  if (state.thread === null) return;
  showPieces($('thread-log'), state.thread);
  const prompts = state.agent?.prompts ?? [];
  const fresh = state.thread.length === 0;
  $('prompts').hidden = prompts.length === 0 || !fresh;
  $('prompts').replaceChildren(...prompts.map((prompt) => Object.assign(element('button', { type: 'button', className: 'btn', textContent: prompt.title }), { prompt: prompt.message })));
  $('agent-status').textContent = state.agent?.status ? `${state.bot.name} ${state.agent.status}` : '';
}

function showModal() {
  const dialog = $('modal');
  if (state.modal === null) {
    dialog.key = '';
    if (dialog.open) dialog.close();
    return;
  }
  if (dialog.key === state.modal.key) return;
  dialog.key = state.modal.key;
  const buttons = [element('button', { type: 'button', className: 'btn', id: 'modal-close', textContent: state.modal.close })];
  if (state.modal.submit !== null) buttons.push(element('button', { type: 'submit', className: 'btn primary', textContent: state.modal.submit }));
  const form = element('form', { id: 'modal-form', noValidate: true }, element('h2', { id: 'modal-title', textContent: state.modal.title }), element('div', { className: 'modal-body', innerHTML: state.modal.html }), element('div', { className: 'dialog-buttons' }, ...buttons));
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  form.querySelector('.modal-body :is(input, textarea, select)')?.focus();
}

// What people do.

function placeOf(node) {
  const message = node.closest('[data-ts]');
  return message === null ? node.closest('[data-place]')?.dataset.place : { channel: message.dataset.channel, ts: message.dataset.ts };
}

/** Slack tells the app when someone looks at its Home. */
function homeOpened() {
  return here.where === 'home' ? act({ kind: 'home' }) : undefined;
}

async function press(node, value) {
  const place = placeOf(node);
  if (place === undefined || !(await ask(node.dataset.confirm))) return;
  const scope = node.closest('[data-ts]') ?? node.closest('[data-place]');
  const url = node.dataset.url;
  if (url && /^https?:/.test(url)) window.open(url, '_blank', 'noopener');
  node.classList.add('busy');
  await act({ kind: 'click', place, action: node.dataset.action, ...(value === undefined ? {} : { value }), filled: filledIn(scope) });
  node.classList.remove('busy');
  node.closest('details.menu')?.removeAttribute('open');
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(except)) menu.open = false;
}

document.addEventListener('click', (event) => {
  const target = event.target;
  closeMenus(target);
  const find = (selector) => target.closest(selector);
  const place = find('[data-where]');
  if (place) return go({ where: place.dataset.where, thread: '' }).then(homeOpened);
  const action = find('button[data-action]');
  if (action) return press(action, action.value || undefined);
  const reaction = find('[data-react]');
  if (reaction) return act({ kind: 'react', place: placeOf(reaction), name: reaction.dataset.react });
  if (find('[data-picker]')) return openPicker(find('[data-picker]'), placeOf(target));
  if (find('[data-open-thread]')) return go({ thread: placeOf(target).ts }).then(() => $('thread-text').focus());
  const shortcut = find('[data-shortcut]');
  if (shortcut) {
    shortcut.closest('details').open = false;
    return act({ kind: 'shortcut', place: placeOf(shortcut), callbackId: shortcut.dataset.shortcut });
  }
  if (find('#close-thread')) return go({ thread: '' });
  if (find('#modal-close')) return act({ kind: 'close' });
  if (find('#new-agent')) return act({ kind: 'agent' }).then(({ channel, threadTs }) => go({ where: channel, thread: threadTs })).then(() => $('thread-text').focus());
  if (find('#theme')) return theme();
  if (target.prompt) return act({ kind: 'say', channel: here.where, text: target.prompt, threadTs: here.thread });
  return undefined;
});

const openPicker = reactionPicker((place, name) => act({ kind: 'react', place, name }));

document.addEventListener('change', (event) => {
  const target = event.target;
  if (target.name === 'person') return go({ user: target.value, thread: here.where.startsWith('D') ? '' : here.thread }).then(homeOpened);
  const field = target.closest('[data-action]');
  // A field in an input block speaks up only when the app asked for it; any other does at once.
  if (!field || (field.closest('[data-input]') && !field.closest('[data-dispatch]'))) return undefined;
  return press(field, valueOf(field));
});

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (event.target.id === 'composer') send($('composer-text'), null);
  if (event.target.id === 'thread-composer') send($('thread-text'), here.thread);
  if (event.target.id !== 'modal-form') return;
  const { errors = {} } = await act({ kind: 'submit', filled: filledIn($('modal')) });
  for (const input of document.querySelectorAll('#modal [data-input]')) {
    const words = errors[input.dataset.input];
    const error = input.querySelector('.error');
    error.textContent = words ?? '';
    error.hidden = words === undefined;
  }
  const wrong = Object.keys(errors)[0];
  if (wrong) document.querySelector(`#modal [data-input="${CSS.escape(wrong)}"] :is(input, textarea, select)`)?.focus();
});
$('modal').addEventListener('cancel', (event) => {
  event.preventDefault();
  act({ kind: 'close' });
});

async function send(box, threadTs) {
  const text = box.value;
  if (text.trim() === '') return;
  box.value = '';
  grow(box);
  suggest();
  $(threadTs === null ? 'log' : 'thread-log').scrollTop = 1e9;
  const { error } = await act({ kind: 'say', channel: here.where, text, threadTs });
  if (error && box.value === '' && text.startsWith('/')) box.value = text;
}

const suggest = completion(() => [
  ...state.commands.map((one) => ({ name: one.command, hint: [one.usageHint, one.description].filter(Boolean).join(' · ') })),
  ...[state.bot.name, ...state.people.map((person) => person.name)].map((name) => ({ name: `@${name}`, hint: '' })),
]);
$('thread-text').addEventListener('input', (event) => grow(event.target));
document.addEventListener('keydown', (event) => {
  const box = event.target.closest('textarea#composer-text, textarea#thread-text');
  if (box && event.key === 'Enter' && !event.shiftKey && !event.isComposing && !event.defaultPrevented) {
    event.preventDefault();
    box.form.requestSubmit();
  } else if (event.key === 'Escape' && !event.defaultPrevented && here.thread !== '' && !document.querySelector('dialog[open]')) {
    go({ thread: '' });
  }
});

function theme() {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('theme', document.documentElement.dataset.theme);
}
const kept = localStorage.getItem('theme');
if (kept) document.documentElement.dataset.theme = kept;

const events = new EventSource('/page/events');
events.onmessage = refresh;
homeOpened();
events.onerror = () => {
  $('connection').textContent = 'Connecting…';
};
