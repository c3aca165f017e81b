import { OpsError } from '../domain/errors.ts';
import { StatusError } from './problem.ts';
import type { TypedServer } from './typed.ts';

/** What fits no route is refused before its body is read: 405 with what its place takes, or 404. Call before the routes are added. */
export function refuseMisfits(app: TypedServer): void {
  const places = new Map<string, { readonly form: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return; // preflights of any place
    const place = places.get(url) ?? { form: formOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) place.methods.add(one);
    places.set(url, place);
  });
  app.addHook('onRequest', async ({ is404, url, method }) => {
    if (!is404) return;
    const path = url.split('?')[0] ?? '';
    const place = places.get(path) ?? [...places.values()].find(({ form }) => form.test(path));
    if (place === undefined) throw new OpsError('not_found', `There is no ${method} ${path.slice(0, 200)}.`, 'See /docs for what there is.');
    const allow = [...place.methods].sort().join(', ');
    throw new StatusError(405, 'invalid_input', `${method.slice(0, 20)} is not taken here.`, `Use ${allow}.`, allow);
  });
}

const formOf = (url: string): RegExp => new RegExp(`^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}/?$`);
