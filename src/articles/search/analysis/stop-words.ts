import type { Lang } from '../../../lib/lang.ts';

/**
 * Words that say little about what a person looks for, as folded text. They stay findable in titles ("What to
 * do") at a small weight and are left out of the body index.
 */
export const STOP_WORDS: Readonly<Record<Lang, string>> = {
  en: `a about after all also am an and any are as at be been but by can could d did do does doesn don for from
had has have he her here his how i if in into is isn it its just ll m me my no not of on or our out re s she so
some such t than that the their them then there these they this those to too up us ve was we were what when where
which while who why will with won would you your please want need trying help
cant cannot wont dont doesnt didnt isnt wasnt couldnt im ive`,
  fa: `از به با در را و یا که این ان برای تا هر هم بر اگر یک می نمی ها های هایی ای ام اند است هست نیست بود باشد شود
شد شده کرد کردن کنم کنید کنیم کند کن چه چگونه چطور چیست کدام من ما شما او انها خود دیگر روی باید نیز ولی اما پس همه
بین تر ترین خواهم میخواهم نمیتوانم میتوانم میشود نمیشود کنند لطفا`,
  ar: `من في فی الی علی عن مع و او ام ان هذا هذه ذلک تلک هو هی هم انا نحن انت ما ماذا لا لم لن قد کل کان کانت
یکون یتم تم التی الذی الذین عند عندما اذا ثم بعد قبل حتی بین کیف هل لماذا این متی بک به بها له لها لدی الخاص الخاصه
خلال غیر یمکن یمکنک بعض ای عبر بي لي عندي أستطيع يمكنني أريد اريد الرجاء`,
  ru: `а без более бы был была были было быть в вам вас весь во вот все всего вы где да для до его ее если есть еще же за
и из или им их к как какие какой ко когда кто ли либо мне мой может можно мы на над надо нас не него нет ни них но
о об однако он она они оно от по под почему при с свой со так также такой там то тоже только том ту ты у уже хотя
чего чем через что чтобы эта эти это этот я могу можете хочу нужно моя мое мои моей моего моем получается пожалуйста над между после перед про`,
};
