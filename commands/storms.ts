/** `STORM-12`: the shared card of many incidents. */
export const isStorm = (name: string): boolean => /^storm-\d{1,9}$/i.test(name.trim());
