interface Searchable {
  readonly summary: string;
  readonly description?: string | undefined;
  readonly service?: string | undefined;
  readonly requester?:
    | {
        readonly login?: string | undefined;
        readonly name?: string | undefined;
        readonly email?: string | undefined;
      }
    | undefined;
}

/** What the desk's search looks through, folded the same way as what is typed there. */
export function searchText(number: number | undefined, ticket: Searchable): string {
  const { requester } = ticket;
  return [
    number === undefined ? '' : `fl-${number}`,
    ticket.summary,
    ticket.service,
    requester?.name,
    requester?.login,
    requester?.email,
    ticket.description,
  ]
    .filter(Boolean)
    .join(' ')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ي', 'ی')
    .replaceAll('ك', 'ک')
    .replaceAll('ё', 'е')
    .replace(/\s+/g, ' ')
    .slice(0, 4_000)
    .trim();
}
