/** Comfort on article pages: copy buttons on code, and the tab of the reader's own system. */
const prose = document.querySelector<HTMLElement>('.prose');

for (const pre of prose?.querySelectorAll('pre') ?? []) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = prose?.dataset.copy ?? '';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(pre.querySelector('code')?.textContent ?? '');
    button.textContent = prose?.dataset.copied ?? '';
    setTimeout(() => (button.textContent = prose?.dataset.copy ?? ''), 2_000);
  });
  pre.append(button);
}

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac/, 'macOS'],
  [/Win/, 'Windows'],
  [/Linux/, 'Linux'],
];
const KEY = 'firstline.tab';
const stored = (): string | null => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};
const wanted = stored() ?? SYSTEMS.find(([pattern]) => pattern.test(navigator.userAgent))?.[1];

for (const tabs of prose?.querySelectorAll<HTMLElement>('.tabs') ?? []) {
  const radios = [...tabs.querySelectorAll<HTMLInputElement>(':scope > input')];
  const own = radios.find((radio) => radio.value === wanted);
  // Only what the reader does not see yet may change by itself: nothing jumps.
  if (own && tabs.getBoundingClientRect().top > innerHeight) own.checked = true;
  tabs.addEventListener('change', (event) => {
    const { value } = event.target as HTMLInputElement;
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // A browser that keeps nothing is fine.
    }
  });
}
