import { defineConfig } from 'vitest/config';

/** The tests that need moto: `npm run test:aws` starts it and calls these, one file after another (moto has one state). */
export default defineConfig({
  test: { include: ['test/aws/*.aws.ts'], testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks', fileParallelism: false },
});
