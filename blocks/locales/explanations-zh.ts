/** Chinese for the sentences of the agents, by explanation code; English is the sentence itself (src/domain/explanation.ts). */
export const explanationsZh: Readonly<Record<string, string>> = {};
