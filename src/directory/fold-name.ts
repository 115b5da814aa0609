/**
 * How a login or mail address is compared: without case, width and composition (NFKC), blanks collapsed.
 * Look-alike letters of other scripts, direction marks and soft hyphens stay different, as they do in LDAP.
 */
export const foldName = (name: string): string =>
  name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
