/** What was typed into a form with `data-draft` survives a reload and a closed window, until it is sent. */
const PREFIX = 'firstline.draft.';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-draft]')) {
  const name = PREFIX + form.dataset.draft;
  const areas = [...form.querySelectorAll('textarea')];
  const kept = JSON.parse(localStorage.getItem(name) ?? '{}') as Record<string, unknown>;
  for (const area of areas) {
    const text = kept[area.name];
    if (area.value === '' && typeof text === 'string') area.value = text;
  }
  form.addEventListener('input', () => {
    const texts = Object.fromEntries(areas.map((area) => [area.name, area.value]));
    if (areas.every((area) => area.value === '')) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(texts));
  });
  form.addEventListener('submit', () => localStorage.removeItem(name));
}
