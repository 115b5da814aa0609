/**
 * The help form with a script: says so to the gate, shows what fits while the problem is typed, and keeps a
 * second press of the button from sending twice (the server would notice too).
 */
const form = document.querySelector<HTMLFormElement>('.help-form');
const fits = form?.querySelector<HTMLElement>('.fits');
const summary = form?.querySelector<HTMLInputElement>('[name="summary"]');

interface Found {
  readonly results: readonly { readonly url: string; readonly title: string }[];
  readonly fixes: readonly { readonly url: string; readonly title: string }[];
  readonly incidents: readonly { readonly url: string; readonly title: string }[];
}

const PAUSE_MS = 500;
const MOST = 4;

if (form && fits && summary) {
  const mark = document.createElement('input');
  mark.type = 'hidden';
  mark.name = 'script';
  mark.value = '1';
  form.append(mark);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = '';
  summary.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(fits, summary.value.trim()), PAUSE_MS);
  });
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button'))
      setTimeout(() => button.setAttribute('disabled', ''));
  });
  // Back from the next page: the form is usable again.
  addEventListener('pageshow', () => {
    for (const button of form.querySelectorAll('button')) button.removeAttribute('disabled');
  });

  async function look(box: HTMLElement, q: string): Promise<void> {
    if (q.length < 4 || q === asked) return;
    asked = q;
    const query = new URLSearchParams({ q, lang: box.dataset.lang ?? '', limit: '3' });
    try {
      const answer = await fetch(`/api/v1/search?${query}`);
      if (answer.ok && q === asked) show(box, (await answer.json()) as Found);
    } catch {
      // Without the network the form still waits for its button.
    }
  }
}

function show(box: HTMLElement, { incidents, fixes, results }: Found): void {
  const hits = [...incidents, ...fixes, ...results].slice(0, MOST);
  box.hidden = hits.length === 0;
  const heading = document.createElement('p');
  heading.className = 'small hush';
  heading.textContent = box.dataset.title ?? '';
  const list = document.createElement('ul');
  for (const { url, title } of hits) {
    const link = document.createElement('a');
    link.href = url;
    link.target = '_blank';
    link.textContent = title;
    const item = document.createElement('li');
    item.append(link);
    list.append(item);
  }
  box.replaceChildren(heading, list);
  box.setAttribute('role', 'status');
}
