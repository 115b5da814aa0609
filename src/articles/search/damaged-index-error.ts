/** The bytes are not a search index of this version, or not whole: the caller falls back to the server. */
export class DamagedIndexError extends Error {
  override readonly name = 'DamagedIndexError';
}
