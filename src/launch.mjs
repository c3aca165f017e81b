// The entry of every command. Plain JavaScript, so that a start that finds its code compiled need not load what strips the types:
// half the processor time of a start and some 20 MB.
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';

const folder = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '..', 'var', 'cache', 'code');
// Worker threads look for it in the environment. Where the folder cannot be written, everything works without.
if (enableCompileCache(folder).status === constants.compileCacheStatus.ENABLED) process.env.NODE_COMPILE_CACHE = folder;
await import('./main.ts');
