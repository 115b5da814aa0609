/** The Snowball stemmer for Russian (https://snowballstem.org/algorithms/russian/stemmer.html). */
const VOWEL = 'аеиоуыэюя';
/** RV: what follows the first vowel. R2: what follows the second "vowel, consonant" pair. */
const BEFORE_RV = new RegExp(`^[^${VOWEL}]*[${VOWEL}]`);
const BEFORE_R2 = new RegExp(`^.*?[${VOWEL}][^${VOWEL}].*?[${VOWEL}][^${VOWEL}]`);

// In each pattern the first group takes endings as they are, the second only after а or я (which stay).
const GERUND = /(?:[иы]в(?:ши(?:сь)?)?|(?<=[ая])в(?:ши(?:сь)?)?)$/;
const REFLEXIVE = /с[яь]$/;
const ADJECTIVE = /(?:[ыи]ми|[ео]го|[ео]му|[еиыо]е|[еиыо]й|[еиыо]м|[иы]х|[ую]ю|[ая]я|[ое]ю)$/;
const PARTICIPLE = /(?:[иы]вш|ующ|(?<=[ая])(?:ем|нн|вш|ющ|щ))$/;
const VERB =
  /(?:[иы]л[аио]?|ена|ено|ены|ен|[еу]йте|ите|[еу]й|[иы]м|[яи]т|ует|уют|ыт|[иы]ть|ишь|ую|ю|(?<=[ая])(?:нно|ешь|ете|йте|ла|на|ли|й|л|ем|н|ло|но|ет|ют|ны|ть))$/;
const NOUN =
  /(?:[ия]?ями|[а]ми|[ео]в|[иь]?е|еи|ии|и|и?ей|ой|ий|й|и?ям|и?ем|ам|ом|о|у|ах|и?ях|ы|[иь]?ю|[иь]?я|а|ь)$/;
const DERIVED = /ость?$/;

function inflection(rv: string): string {
  const gerund = rv.replace(GERUND, '');
  if (gerund !== rv) return gerund;
  const base = rv.replace(REFLEXIVE, '');
  const adjective = base.replace(ADJECTIVE, '');
  if (adjective !== base) return adjective.replace(PARTICIPLE, '');
  const verb = base.replace(VERB, '');
  return verb !== base ? verb : base.replace(NOUN, '');
}

export function stemRu(word: string): string {
  const head = BEFORE_RV.exec(word)?.[0];
  if (head === undefined || head.length === word.length) return word;
  const r2 = BEFORE_R2.exec(word)?.[0].length ?? word.length;
  let rv = inflection(word.slice(head.length)).replace(/и$/, '');
  const derived = DERIVED.exec(rv);
  if (derived && head.length + derived.index >= r2) rv = rv.slice(0, derived.index);
  const superlative = rv.replace(/ейше?$/, '');
  if (superlative !== rv || /нн$/.test(superlative)) return head + superlative.replace(/нн$/, 'н');
  return head + rv.replace(/ь$/, '');
}
