// The entry of every command. Plain JavaScript, so that a start that finds its code compiled need not load what strips the types:
// half the processor time of a start and some 20 MB.
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';

// glibc keeps what large arrays leave behind, for every thread, and raises its own bounds for it while it runs. A bot that sits there for months is some
// 30 MB smaller with its bounds fixed at the usual values and two places for all threads. It reads them when a process begins, so this one begins again.
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };
const staysUp = process.argv[2] === 'start' && process.platform === 'linux' && process.channel === undefined;
if (staysUp && !Object.keys(MALLOC).some((name) => name in process.env) && typeof process.execve === 'function') {
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], { ...process.env, ...MALLOC });
}

const folder = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '..', 'var', 'cache', 'code');
// Worker threads look for it in the environment. Where the folder cannot be written, everything works without.
if (enableCompileCache(folder).status === constants.compileCacheStatus.ENABLED) process.env.NODE_COMPILE_CACHE = folder;
await import('./main.ts');
