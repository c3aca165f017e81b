/** The name of a value in FormValues. */
export const fieldKey = (place: { readonly block_id: string; readonly action_id: string }): string => `${place.block_id}/${place.action_id}`;

/** One entry a line; empty lines are left out. */
export const linesOf = (text: string | null | undefined): string[] =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
