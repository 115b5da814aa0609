/**
 * <live-status id="…"> renews itself when the server says that the status has changed. One connection for the page;
 * without it (old browser, proxy that does not let streams pass) the page is as it was loaded.
 */
class LiveStatus extends HTMLElement {
  #events: EventSource | undefined;
  #version: string | undefined;

  connectedCallback(): void {
    this.#events = new EventSource('/api/v1/events');
    this.#events.addEventListener('status', (event) => {
      const { data } = event as MessageEvent<string>;
      // The first one says what the page was made from.
      if (this.#version !== undefined && this.#version !== data) void this.#renew();
      this.#version = data;
    });
  }

  disconnectedCallback(): void {
    this.#events?.close();
  }

  async #renew(): Promise<void> {
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(this.id);
      if (!fresh || fresh.innerHTML === this.innerHTML) return;
      // What the reader has opened stays open, and the keyboard stays where it is.
      for (const details of this.querySelectorAll('details[open]')) {
        const row = details.closest('[id]');
        if (row) fresh.querySelector(`#${CSS.escape(row.id)} details`)?.setAttribute('open', '');
      }
      if (this.contains(document.activeElement) && document.activeElement !== document.body) {
        const id = document.activeElement?.closest('li[id]')?.id;
        this.replaceChildren(...fresh.childNodes);
        if (id) document.getElementById(id)?.querySelector('summary')?.focus();
      } else this.replaceChildren(...fresh.childNodes);
    } catch {
      // Offline for a moment; the next change tries again.
    }
  }
}

customElements.define('live-status', LiveStatus);
