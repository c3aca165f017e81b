import { defineConfig } from 'vitest/config';

/** The tests that need PostgreSQL: `npm run test:pg` starts it and calls these. */
export default defineConfig({
  test: { include: ['test/pg/*.pg.ts'], testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks', maxWorkers: 2 },
});
