import { $, element } from './view.js';

/** A box is as high as what is written in it. */
export function grow(box) {
  box.style.height = 'auto';
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
}

/** Completes /commands and @names in the message box. `names` gives all there are; the result looks again at what is written. */
export function completion(names) {
  const box = $('composer-text');
  const list = $('suggestions');
  let offers = [];
  let chosen = 0;

  const look = () => {
    const before = box.value.slice(0, box.selectionStart);
    const word = /^\/\S*$/.exec(before)?.[0] ?? /(?:^|\s)(@\S*)$/.exec(before)?.[1];
    offers = word === undefined ? [] : names().filter(({ name }) => name.toLowerCase().startsWith(word.toLowerCase())).map((offer) => ({ ...offer, from: before.length - word.length }));
    chosen = Math.min(chosen, Math.max(0, offers.length - 1));
    list.hidden = offers.length === 0;
    box.setAttribute('aria-activedescendant', offers.length > 0 ? `offer-${chosen}` : '');
    list.replaceChildren(...offers.map(item));
  };
  const item = ({ name, hint }, index) => {
    const row = element('li', { id: `offer-${index}`, role: 'option', ariaSelected: String(index === chosen) }, element('strong', { textContent: name }), element('small', { textContent: hint }));
    row.onmousedown = (event) => {
      event.preventDefault(); // the box keeps the focus
      chosen = index;
      complete();
    };
    return row;
  };
  const complete = () => {
    const { name, from } = offers[chosen];
    const after = box.value.slice(box.selectionStart);
    box.value = `${box.value.slice(0, from)}${name} ${after}`;
    box.selectionStart = box.selectionEnd = from + name.length + 1;
    chosen = 0;
    look();
  };

  box.addEventListener('input', () => {
    chosen = 0;
    grow(box);
    look();
  });
  box.addEventListener('keydown', (event) => {
    if (list.hidden || event.isComposing) return;
    const exact = offers.some(({ name }) => name === box.value.trim());
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      chosen = (chosen + step + offers.length) % offers.length;
      look();
    } else if (event.key === 'Tab' || (event.key === 'Enter' && !exact)) complete();
    else if (event.key === 'Escape') list.hidden = true;
    else return;
    event.preventDefault();
  });
  return look;
}
