/** A second press of the button while the first is on its way sends nothing; coming back makes it usable again. */
for (const form of document.querySelectorAll<HTMLFormElement>('form.once')) {
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button'))
      setTimeout(() => button.setAttribute('disabled', ''));
  });
  addEventListener('pageshow', () => {
    for (const button of form.querySelectorAll('button')) button.removeAttribute('disabled');
  });
}
