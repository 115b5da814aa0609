import serviceWorker from './service-worker.ts?worker&url';

/** On every page: the colour switch, and the language that was chosen, remembered for the address `/`. */
const YEAR = 31_536_000;
const remember = (name: string, value: string): void => {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox ESR
  document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax`;
};

const root = document.documentElement;
const button = document.querySelector<HTMLButtonElement>('.theme');
if (button) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean =>
    root.dataset.theme === 'dark' || (root.dataset.theme !== 'light' && system.matches);
  const show = (): void => button.setAttribute('aria-pressed', String(isDark()));
  button.dataset.on = '';
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember('theme', root.dataset.theme);
    show();
  });
  system.addEventListener('change', show);
  show();
}

for (const link of document.querySelectorAll<HTMLAnchorElement>('.menu a[hreflang]')) {
  link.addEventListener('click', () => remember('lang', link.hreflang));
}

// Menus close on Escape and on a click elsewhere, as people expect of menus.
const menus = document.querySelectorAll<HTMLDetailsElement>('details.menu');
document.addEventListener('click', (event) => {
  for (const menu of menus) if (!menu.contains(event.target as Node)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector('summary')?.focus();
    menu.open = false;
  }
});

// Reading without a network, prepared once the page stands still.
if ('serviceWorker' in navigator) {
  addEventListener('load', () => {
    setTimeout(() => {
      const url = `${serviceWorker}?lang=${root.lang}`;
      navigator.serviceWorker.register(url, { scope: '/', type: 'module' }).catch(() => undefined);
    }, 3_000);
  });
}
