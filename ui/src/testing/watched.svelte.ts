/** Runs `look` now and whenever what it read has changed, until told to stop. For tests. */
export function watched(look: () => void): () => void {
  return $effect.root(() => {
    $effect.pre(() => look());
  });
}
