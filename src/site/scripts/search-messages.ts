/** What the search box and its worker say to each other. */
export type ToWorker =
  | { readonly kind: 'open'; readonly lang: string; readonly t0: string; readonly t1: string }
  | { readonly kind: 'search'; readonly id: number; readonly q: string; readonly limit: number };

export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

export interface Suggestion {
  readonly url: string;
  readonly title: readonly Piece[];
  readonly note: string;
}

export type FromWorker =
  /** The titles are here, or the bodies too: answers may be better than before. */
  | { readonly kind: 'ready' }
  /** The index cannot be used; ask the server instead. */
  | { readonly kind: 'failed' }
  | {
      readonly kind: 'found';
      readonly id: number;
      readonly hits: readonly Suggestion[];
      readonly didYouMean?: string | undefined;
    };
