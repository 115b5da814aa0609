/** Foreign text for people: one line, nothing that a terminal or a page would take for more than text. */
export function printable(text: string, most = 200): string {
  const line = text
    .slice(0, most * 2)
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** The same text without these secrets, wherever a server repeats them. */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '***');
  return clean;
}
