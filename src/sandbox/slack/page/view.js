// How the page is brought up to date with what the server says, without disturbing what is being read or typed.

export const $ = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Puts pieces into a list: those that did not change stay as they are. */
export function showPieces(list, pieces) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let before = list.firstElementChild;
  for (const { key, html } of pieces) {
    let node = known.get(key);
    if (node === undefined || node.source !== html) {
      const fresh = element('div', { innerHTML: html });
      fresh.dataset.key = key;
      fresh.source = html;
      if (node === before) before = node?.nextElementSibling ?? null;
      node?.remove();
      node = fresh;
    }
    known.delete(key);
    if (node === before) before = before.nextElementSibling;
    else list.insertBefore(node, before);
  }
  for (const gone of known.values()) gone.remove();
  follow(list);
}

/** A list that shows its end goes on showing it, also when a picture arrives late; one that was scrolled up stays. */
function follow(list) {
  if (list.left === undefined) {
    list.left = false;
    list.addEventListener('scroll', () => {
      list.left = list.scrollHeight - list.scrollTop - list.clientHeight > 80;
    });
    list.addEventListener('load', () => follow(list), true);
    new ResizeObserver(() => follow(list)).observe(list);
  }
  if (!list.left) list.scrollTop = list.scrollHeight;
}

/** Replaces HTML only when it changed. */
export function showHtml(node, html) {
  if (node.source === html) return;
  node.source = html;
  node.innerHTML = html;
}

/** The values of all fields inside a node, by the name `block/action`. */
export function filledIn(node) {
  const filled = {};
  for (const field of node.querySelectorAll('[data-action]')) {
    if (!field.matches('button')) filled[field.dataset.action] = valueOf(field);
  }
  return filled;
}

export function valueOf(field) {
  if (field.matches('.ticks')) {
    const ticked = [...field.querySelectorAll('input:checked')].map((input) => input.value);
    return field.querySelector('[type=radio]') === null ? ticked : (ticked[0] ?? '');
  }
  if (field.matches('select[multiple]')) return [...field.selectedOptions].map((option) => option.value);
  if (field.type === 'datetime-local') return field.value === '' ? '' : String(Math.floor(Date.parse(field.value) / 1000));
  return field.value;
}

export function toast(words) {
  if (!words) return;
  const node = $('toast');
  node.textContent = words;
  node.hidden = false;
  clearTimeout(node.timer);
  node.timer = setTimeout(() => {
    node.hidden = true;
  }, 6000);
}

/** Asks before an action that wants it; resolves with whether to go on. */
export function ask(question) {
  if (question === undefined) return Promise.resolve(true);
  const { title, text, confirm, deny, style } = JSON.parse(question);
  const dialog = $('confirm');
  const yes = element('button', { type: 'button', className: `btn ${style ?? 'primary'}`, textContent: confirm || 'Yes' });
  const no = element('button', { type: 'button', className: 'btn', textContent: deny || 'Cancel' });
  dialog.replaceChildren(
    element('h2', { id: 'confirm-title', textContent: title || 'Are you sure?' }),
    element('p', { textContent: text }),
    element('div', { className: 'dialog-buttons' }, no, yes),
  );
  return new Promise((resolve) => {
    let answer = false;
    yes.onclick = () => {
      answer = true;
      dialog.close();
    };
    no.onclick = () => dialog.close();
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
    yes.focus();
  });
}

export function showGuide(node, steps) {
  node.hidden = steps.length === 0;
  const now = steps.findIndex((step) => step.state === 'now');
  const at = now < 0 ? steps.length - 1 : now;
  const key = JSON.stringify(steps);
  if (node.key === key || steps.length === 0) return;
  node.key = key;
  const open = node.querySelector('details')?.open ?? false;
  const items = steps.map((step) => {
    const mark = { done: '✓', now: '●', todo: '○' }[step.state];
    return element('li', { className: step.state }, element('span', { className: 'mark', textContent: mark, ariaHidden: 'true' }), element('span', { textContent: step.text }));
  });
  const head = element('summary', {}, element('span', { className: 'count', textContent: `${Math.min(at + 1, steps.length)} of ${steps.length}` }), element('span', { textContent: steps[at].text }));
  node.replaceChildren(element('details', { open }, head, element('ol', {}, ...items)));
}
