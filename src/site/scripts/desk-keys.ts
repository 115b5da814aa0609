/**
 * <desk-keys data-kind="queue|ticket"> – single keys for agents. They can be switched off (WCAG 2.1.4), never work
 * while something is being typed, and everything they do has a link or a button.
 */
const STORE = 'firstline.desk-keys';
const ROW = 'a.open-ticket';

class DeskKeys extends HTMLElement {
  #isOn = true;

  connectedCallback(): void {
    this.#isOn = localStorage.getItem(STORE) !== 'off';
    const label = this.querySelector<HTMLElement>('.keys-switch');
    const box = label?.querySelector('input');
    if (label && box) {
      label.hidden = false;
      box.checked = this.#isOn;
      box.addEventListener('change', () => {
        this.#isOn = box.checked;
        localStorage.setItem(STORE, box.checked ? 'on' : 'off');
      });
    }
    document.addEventListener('keydown', this.#press);
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#press);
  }

  #press = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (!this.#isOn || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest('input, textarea, select, [contenteditable]')) return;
    const isHandled = this.dataset.kind === 'ticket' ? this.#ofTicket(event.key) : this.#ofQueue(event.key);
    if (isHandled) event.preventDefault();
  };

  #ofQueue(key: string): boolean {
    if (key === '/') {
      this.querySelector<HTMLElement>('[type="search"]')?.focus();
      return true;
    }
    if (key !== 'j' && key !== 'k') return false;
    const rows = [...this.querySelectorAll<HTMLElement>(ROW)];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + (key === 'j' ? 1 : -1)))]?.focus();
    return true;
  }

  #ofTicket(key: string): boolean {
    if (key === 'u') {
      location.assign('/desk');
      return true;
    }
    const part = this.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (!part) return false;
    const details = part.closest('details') ?? part.querySelector('details');
    if (details) details.open = true;
    if (part instanceof HTMLButtonElement) part.click();
    else part.querySelector<HTMLElement>('textarea, select, input:not([type="hidden"])')?.focus();
    return true;
  }
}

customElements.define('desk-keys', DeskKeys);
