import { forgetSearches, recentSearches, rememberSearch } from './recent-searches.ts';
import type { Piece } from './search-messages.ts';
import { createSource, type Found } from './search-source.ts';

/** Words from the page, in its language. */
interface Words {
  /** With \u0001 in the place of what was typed. */
  readonly all: string;
  readonly recent: string;
  readonly forget: string;
  readonly fix: string;
  readonly incident: string;
  readonly didYouMean: string;
  /** For 0 to 10 results. */
  readonly counts: readonly string[];
}

interface Option {
  readonly title: readonly Piece[];
  readonly note?: string;
  readonly look?: string;
  readonly url?: string;
  readonly choose?: () => void;
}

/** Words that stopped changing for this long were meant as a search. */
const MEANT_AFTER_MS = 1_500;

const nameOf = ({ url, title }: Option): string => url ?? title.map(({ text }) => text).join('');

const plain = (text: string): readonly Piece[] => [{ text, isMatch: false }];

/** The search box as an ARIA combobox with a list: the focus stays in the input, arrows move through the list. */
export function openCombobox(host: HTMLElement, input: HTMLInputElement): void {
  const { lang = 'en', t0, t1 } = host.dataset;
  const words = JSON.parse(host.dataset.words ?? '{}') as Words;
  const list = make('div', {
    id: 'q-list',
    role: 'listbox',
    'aria-label': input.labels?.[0]?.textContent?.trim() ?? '',
  });
  list.className = 'suggest';
  list.hidden = true;
  const heard = make('div', { role: 'status' });
  heard.className = 'only-heard';
  input.form?.append(list, heard);
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
  }))
    input.setAttribute(name, value);

  let options: readonly Option[] = [];
  let active = -1;
  let told = '';
  let meant: ReturnType<typeof setTimeout> | undefined;
  let hits = 0;

  const source = createSource({ lang, t0, t1, show: showFound });

  function show(next: readonly Option[]): void {
    // Better answers arrive while a person walks the list: what is marked stays marked, wherever it moves.
    const before = options[active];
    options = next;
    active = before === undefined ? -1 : next.findIndex((option) => nameOf(option) === nameOf(before));
    list.replaceChildren(...next.map(drawn));
    toggle(next.length > 0 && document.activeElement === input);
    mark();
  }

  function showFound(found: Found): void {
    if (found.q !== input.value) return;
    hits = found.articles.length + found.fixes.length + found.incidents.length;
    heard.textContent = words.counts[Math.min(hits, words.counts.length - 1)] ?? '';
    const { didYouMean } = found;
    show([
      ...(didYouMean
        ? [
            {
              title: [...plain(`${words.didYouMean} `), { text: didYouMean, isMatch: true }],
              choose: () => fill(didYouMean),
            },
          ]
        : []),
      ...found.incidents.map(({ url, title }) => ({
        url,
        title: plain(title),
        note: words.incident,
        look: 'incident',
      })),
      ...found.fixes.map(({ url, title }) => ({ url, title: plain(title), note: words.fix, look: 'fix' })),
      ...found.articles,
      {
        title: plain(words.all.replace('\u0001', found.q)),
        look: 'all',
        choose: () => input.form?.requestSubmit(),
      },
    ]);
  }

  function showRecent(): void {
    const recent = recentSearches();
    heard.textContent = '';
    const forget = () => {
      forgetSearches();
      show([]);
    };
    const last = { title: plain(words.forget), look: 'all', choose: forget };
    const again = recent.map((q) => ({ title: plain(q), note: words.recent, choose: () => fill(q) }));
    show(recent.length === 0 ? [] : [...again, last]);
  }

  function drawn(option: Option, i: number): HTMLElement {
    const item = make('a', { id: `q-option-${i}`, role: 'option', tabindex: '-1', 'aria-selected': 'false' });
    item.className = `option ${option.look ?? ''}`;
    if (option.url) item.setAttribute('href', option.url);
    const title = make('bdi', {});
    for (const { text, isMatch } of option.title) title.append(isMatch ? textIn('mark', text) : text);
    item.append(title);
    if (option.note) item.append(textIn('small', option.note));
    // Before the input loses the focus, which would close the list under the pointer.
    item.addEventListener('pointerdown', (event) => event.preventDefault());
    item.addEventListener('click', (event) => {
      if (!option.url) event.preventDefault();
      chosen(option, !option.url);
    });
    return item;
  }

  function chosen(option: Option, go: boolean): void {
    if (option.url) {
      rememberSearch(input.value);
      report();
      if (go) location.assign(option.url);
      else toggle(false);
    } else option.choose?.();
  }

  function fill(q: string): void {
    input.value = q;
    changed();
    input.focus();
  }

  function toggle(open: boolean): void {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    if (!open) active = -1;
  }

  function mark(): void {
    for (const [i, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(i === active));
    }
    const item = list.children[active];
    if (item) {
      input.setAttribute('aria-activedescendant', item.id);
      item.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  }

  function move(by: number): void {
    if (options.length === 0) return;
    if (list.hidden) toggle(true);
    // One place more than options: the input itself.
    const places = options.length + 1;
    active = ((active + 1 + by + places) % places) - 1;
    mark();
  }

  /** Tells what was searched for, for the reader's own trail; nobody waits for the answer. */
  function report(): void {
    clearTimeout(meant);
    const q = input.value.trim();
    if (q.length < 2 || q === told) return;
    told = q;
    const body = JSON.stringify({ kind: 'search', q, lang, hits });
    const headers = { 'content-type': 'application/json' };
    fetch('/api/v1/trail', { method: 'POST', body, headers, keepalive: true }).catch(() => undefined);
  }

  function changed(): void {
    active = -1;
    clearTimeout(meant);
    source.search(input.value);
    if (input.value.trim() === '') showRecent();
    else meant = setTimeout(report, MEANT_AFTER_MS);
  }

  function key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const option = list.hidden ? undefined : options[active];
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Escape' && !list.hidden) toggle(false);
    else if (event.key === 'Enter' && option) chosen(option, true);
    else return;
    event.preventDefault();
  }

  input.addEventListener('keydown', key);
  input.addEventListener('input', changed);
  input.addEventListener('focus', changed);
  input.addEventListener('blur', () => toggle(false));
  input.form?.addEventListener('submit', () => rememberSearch(input.value));
  // The box was opened by a key: what was typed meanwhile counts; else there is only what was searched before.
  if (input.value.trim() === '' || input.value === input.defaultValue) showRecent();
  else changed();
}

function make(tag: string, attributes: Readonly<Record<string, string>>): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function textIn(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
