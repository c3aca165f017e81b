import { afterAll, beforeAll } from 'vitest';
import type { Clients } from '../../src/aws/clients.ts';
import { type Double, startDouble } from './double/server.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { builder, endpoint, motoUrl, resetMoto } from './support.ts';

// What the tests of one file share: each file has a process of its own, and its tests run one after another.
/** Between the product and moto. */
export let proxy: FaultProxy;
/** For the services that moto does not have. */
export let double: Double;
/** Clients of the test itself, straight to moto. */
export let build: Clients;

/** Starts the proxy and the double before a file's tests, and ends them after. */
export function setStage(): void {
  beforeAll(async () => {
    proxy = await startProxy(motoUrl());
    double = await startDouble();
  });
  afterAll(async () => {
    await proxy.close();
    await double.close();
  });
}

/** An empty account with what `fill` builds in it; the product then finds it through the proxy. */
export async function freshAccount(fill: () => Promise<void> = async () => undefined): Promise<void> {
  proxy.spoil = () => null;
  endpoint(motoUrl());
  await resetMoto();
  build = builder();
  await fill();
  endpoint(proxy.url);
}
