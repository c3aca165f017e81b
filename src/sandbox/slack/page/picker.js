import { $, element } from './view.js';

const REACTIONS = ['+1', '-1', 'white_check_mark', 'eyes', 'tada', 'heart'];
const PICTURES = { '+1': '👍', '-1': '👎', white_check_mark: '✅', eyes: '👀', tada: '🎉', heart: '❤️' };
const TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿'];

/** Makes the picker work; gives the function that opens it at a button for a message. */
export function reactionPicker(chosen) {
  const picker = $('picker');
  let tone = Number(localStorage.getItem('tone') ?? 0);
  let opener = null;
  let place = null;

  const face = (name) => {
    const toned = name === '+1' || name === '-1';
    const button = element('button', { type: 'button', className: 'face', textContent: PICTURES[name] + (toned ? TONES[tone] : ''), ariaLabel: name });
    button.dataset.name = toned && tone > 0 ? `${name}::skin-tone-${tone + 1}` : name;
    return button;
  };
  const swatch = (mark, index) =>
    element('button', {
      type: 'button',
      className: `tone${index === tone ? ' chosen' : ''}`,
      value: String(index),
      textContent: `✋${mark}`,
      ariaLabel: index === 0 ? 'no skin tone' : `skin tone ${index}`,
      ariaPressed: String(index === tone),
    });
  const open = () => {
    const faces = REACTIONS.map(face);
    picker.replaceChildren(element('div', {}, ...faces), element('div', { className: 'tones', role: 'group', ariaLabel: 'Skin tone' }, ...TONES.map(swatch)));
    picker.hidden = false;
    const box = opener.getBoundingClientRect();
    picker.style.top = `${Math.min(box.bottom + 4, innerHeight - picker.offsetHeight - 8)}px`;
    picker.style.left = `${Math.max(8, Math.min(box.right - picker.offsetWidth, innerWidth - picker.offsetWidth - 8))}px`;
    faces[0].focus();
  };

  picker.addEventListener('click', (event) => {
    event.stopPropagation(); // its buttons are replaced below, and would then look like a click outside of it
    const pressed = event.target.closest('button');
    if (pressed?.matches('.tone')) {
      tone = Number(pressed.value);
      localStorage.setItem('tone', String(tone));
      open();
    }
    if (pressed?.matches('.face')) {
      picker.hidden = true;
      chosen(place, pressed.dataset.name);
    }
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-picker]') === null) picker.hidden = true;
  });
  picker.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    picker.hidden = true;
    opener.focus();
  });
  return (button, of) => {
    opener = button;
    place = of;
    open();
  };
}
