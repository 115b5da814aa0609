/** The secret of a link stands behind the #, which no server and no log sees: into the form, out of the address bar. */
const secret = location.hash.slice(1);
const typed = document.querySelector<HTMLElement>('#link-typed');
const field = typed?.querySelector<HTMLInputElement>('input');

if (typed && field && /^[\w-]{22,43}$/.test(secret)) {
  field.value = secret;
  field.type = 'hidden';
  typed.hidden = true;
  history.replaceState(null, '', location.pathname);
  document.querySelector<HTMLButtonElement>('#link-form button')?.focus();
}
