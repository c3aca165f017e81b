import { fileURLToPath } from 'node:url';

const file = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier));

/** Fonts that come with the project, so that a picture is the same on every machine; the second has the Chinese glyphs. */
export const fontFiles = (): string[] => [
  file('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  file('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
  file('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
];
export const FONT_FAMILY = 'DejaVu Sans';
