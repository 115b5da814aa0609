import { foldName } from '../../fold-name.ts';

/** The same DN in one spelling (RFC 4514): case, blanks around separators and ways of escaping do not count. */
export function dnKey(dn: string): string {
  return splitUnescaped(dn, ',')
    .map((rdn) =>
      splitUnescaped(rdn, '+')
        .map((part) => {
          const [type = '', ...value] = splitUnescaped(part, '=');
          return `${foldName(type)}=${JSON.stringify(foldName(unescaped(value.join('=').trim())))}`;
        })
        .sort()
        .join('+'),
    )
    .join(',');
}

/** The domain at the end of a DN: `OU=people,DC=example,DC=org` → `DC=example,DC=org`. */
export function suffixOf(dn: string): string {
  const rdns = splitUnescaped(dn, ',');
  const first = rdns.findIndex((_rdn, at) => rdns.slice(at).every((rdn) => /^\s*dc\s*=/i.test(rdn)));
  return first === -1 ? dn : rdns.slice(first).join(',').trim();
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** `\2C` and `\,` → `,`; bytes of one character may be escaped one by one. */
const unescaped = (value: string): string =>
  value.replace(/(?:\\[0-9a-fA-F]{2})+|\\(.)/g, (run, single: string | undefined) =>
    single === undefined ? Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8') : single,
  );
