/** Loads the suggestions when somebody begins to search; until then a search box is a plain form. */
class SearchBox extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input');
    if (!input) return;
    const start = async (): Promise<void> => {
      const { openCombobox } = await import('./search-combobox.ts');
      openCombobox(this, input);
    };
    // A box that has the focus from the beginning waits for the first key: most people only read the page.
    const events = ['pointerdown', 'keydown', 'input'] as const;
    const once = (): void => {
      for (const event of events) input.removeEventListener(event, once);
      input.removeEventListener('focus', once);
      void start();
    };
    for (const event of events) input.addEventListener(event, once);
    if (document.activeElement !== input) input.addEventListener('focus', once);
  }
}

customElements.define('fl-search', SearchBox);
