/**
 * <live-part id="…" data-every="15"> stays up to date: every so many seconds the page is asked for again and
 * the part with the same id takes its place, unless somebody is typing or marking text in it.
 */
class LivePart extends HTMLElement {
  #timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    const every = Number(this.dataset.every) * 1_000 || 15_000;
    this.#timer = setInterval(() => void this.#renew(), every);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    if (document.visibilityState !== 'visible' || this.#isInUse()) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      // Signed out meanwhile, or gone: leave what is there, the next click tells.
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(this.id);
      if (!fresh || this.#isInUse() || fresh.innerHTML === this.innerHTML) return;
      const focused = this.contains(document.activeElement) ? document.activeElement : null;
      const address = focused?.getAttribute('href');
      this.replaceChildren(...fresh.childNodes);
      // A reader with the keyboard stays on the same line.
      if (address) this.querySelector<HTMLElement>(`[href="${CSS.escape(address)}"]`)?.focus();
      this.dispatchEvent(new CustomEvent('renewed', { bubbles: true }));
    } catch {
      // Offline for a moment; the next round tries again.
    }
  }

  #isInUse(): boolean {
    const selection = getSelection();
    const isMarking = selection !== null && !selection.isCollapsed && this.contains(selection.anchorNode);
    const active = document.activeElement;
    return isMarking || (this.contains(active) && active !== this && !(active instanceof HTMLAnchorElement));
  }
}

customElements.define('live-part', LivePart);
