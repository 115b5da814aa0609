/** Show what is typed, and how hard it is to guess. The estimate is loaded when somebody begins to type. */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

const tools = document.querySelector<HTMLElement>('#password-tools');
const field = document.querySelector<HTMLInputElement>('#field-password');

if (tools && field) {
  const { show = '', hide = '', min = '12', short = '', strengths = '[]', names = '[]' } = tools.dataset;
  const words = JSON.parse(strengths) as string[];
  const own = JSON.parse(names) as string[];
  const button = tools.querySelector('button');
  const meter = tools.querySelector('meter');
  const said = tools.querySelector('[role="status"]');
  let loading: Promise<ZxcvbnFactory> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  tools.hidden = false;
  button?.addEventListener('click', () => {
    const isShown = field.type === 'text';
    field.type = isShown ? 'password' : 'text';
    button.textContent = isShown ? show : hide;
    button.setAttribute('aria-pressed', String(!isShown));
    field.focus();
  });
  // A password manager should not learn the field as plain text.
  field.form?.addEventListener('submit', () => {
    field.type = 'password';
  });

  const estimate = async (): Promise<void> => {
    loading ??= load();
    const estimator = await loading;
    const password = field.value;
    const isShort = [...password.normalize('NFC')].length < Number(min);
    // Long ones cost much and are fine anyway.
    const score = password === '' ? 0 : password.length > 100 ? 4 : estimator.check(password, own).score;
    if (meter) meter.value = isShort ? Math.min(score, 1) : score;
    if (said) said.textContent = password === '' ? '' : isShort ? short : (words[score] ?? '');
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void estimate(), 200);
  });
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
}
