import { fileURLToPath } from 'node:url';

const file = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier));
const LATIN = [file('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), file('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')];
const HAN = file('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');

/** Fonts that come with the project, so that a picture is the same on every machine. The Chinese one (10 MB, read each time) only when needed. */
export const fontFilesFor = (text: string): string[] => (/[\u2e80-\uffef]/.test(text) ? [...LATIN, HAN] : LATIN);
export const FONT_FAMILY = 'DejaVu Sans';
