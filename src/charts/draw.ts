import { Resvg } from '@resvg/resvg-js';
import { init } from 'echarts';
import type { ChartSpec, PictureSpec } from '../domain/chart.ts';
import { FONT_FAMILY, fontFilesFor } from './fonts.ts';
import { HEIGHT, WIDTH } from './layout.ts';
import { chartOption } from './option.ts';
import { timelineSvg } from './timeline.ts';
import { topologySvg } from './topology.ts';
import { trendSvg } from './trend.ts';

/** Draws in this thread: some 50 ms of computing. Edges use the renderer, which does it in a worker. */
export function drawPng(spec: ChartSpec | PictureSpec): Uint8Array {
  const svg = 'kind' in spec ? pictureSvg(spec) : chartSvg(spec);
  const fonts = { fontFiles: fontFilesFor(svg), loadSystemFonts: false, defaultFontFamily: FONT_FAMILY, sansSerifFamily: FONT_FAMILY };
  return new Resvg(svg, { font: fonts, logLevel: 'off' }).render().asPng();
}

function pictureSvg(spec: PictureSpec): string {
  if (spec.kind === 'timeline') return timelineSvg(spec);
  return spec.kind === 'topology' ? topologySvg(spec) : trendSvg(spec);
}

// ECharts writes the font of time labels as one shorthand, which resvg does not read.
const FONT_SHORTHAND = /(?<=<text [^>]*style=")font: normal normal (\d+px) ([^";]+)/g;

function chartSvg(spec: ChartSpec): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    chart.setOption(chartOption(spec));
    return chart.renderToSVGString().replaceAll(FONT_SHORTHAND, 'font-size:$1;font-family:$2');
  } finally {
    chart.dispose(); // without it the process does not end
  }
}
