import type { IndexDoc } from '../../../src/articles/search/build-index.ts';
import { buildIndex } from '../../../src/articles/search/build-index.ts';
import { openReader, type Reader } from '../../../src/articles/search/reader.ts';
import type { Lang } from '../../../src/lib/lang.ts';

const doc = (
  id: string,
  title: string,
  headings: readonly string[],
  body: string,
  keywords: readonly string[] = [],
): IndexDoc => ({
  id,
  title,
  headings,
  keywords,
  body,
  category: id.split('/')[0] ?? '',
});

/** A small help desk in each language: enough neighbours that a wrong ranking shows. */
export const SAMPLE: Readonly<Record<Lang, readonly IndexDoc[]>> = {
  en: [
    doc(
      'accounts/reset-password',
      'Reset your password',
      ['Before you start', 'If the link has expired'],
      'Open the recovery page and type your user name. You get a link by e-mail.',
    ),
    doc(
      'accounts/locked',
      'Unlock a locked account',
      ['Why accounts lock'],
      'After five wrong attempts an account locks for fifteen minutes.',
    ),
    doc(
      'accounts/second-factor',
      'Set up two-step sign-in',
      ['Lost phone'],
      'Install an authenticator app and scan the code.',
      ['mfa', 'otp'],
    ),
    doc(
      'network/vpn',
      'Connect to the VPN',
      ['Error 0x80070005'],
      'The tunnel needs a certificate. Open the client and press connect.',
    ),
    doc(
      'network/wifi',
      'Connect to the wireless network',
      ['Guests'],
      'Choose the network and enter your user name.',
    ),
    doc('printing/jam', 'Clear a paper jam', ['Tray two'], 'Open the cover and pull the sheet gently.'),
    doc(
      'mail/replies',
      'Automatic replies while you are away',
      ['End the replies early'],
      'Colleagues who write to you get an answer.',
    ),
    doc(
      'mail/outlook-slow',
      'Outlook is slow',
      ['Too many shared folders'],
      'Remove folders that you do not use.',
    ),
  ],
  ru: [
    doc(
      'accounts/reset-password',
      'Сброс пароля',
      ['Если ссылка устарела'],
      'Откройте страницу восстановления и введите имя.',
    ),
    doc(
      'accounts/locked',
      'Учётная запись заблокирована',
      ['Почему так бывает'],
      'После пяти ошибок запись закрывается.',
    ),
    doc('network/vpn', 'Подключение к VPN', ['Ошибка сертификата'], 'Откройте клиент и нажмите кнопку.'),
    doc('mail/outlook', 'Настройка Outlook на телефоне', ['Новый телефон'], 'Скачайте приложение.'),
    doc('printing/jam', 'Принтер зажевал бумагу', ['Второй лоток'], 'Откройте крышку и вытяните лист.'),
  ],
  fa: [
    doc(
      'accounts/reset-password',
      'بازنشانی گذرواژه',
      ['اگر پیوند منقضی شده'],
      'صفحهٔ بازیابی را باز کنید و نام کاربری را بنویسید.',
    ),
    doc(
      'accounts/locked',
      'باز کردن حساب قفل\u200cشده',
      ['چرا حساب قفل می\u200cشود'],
      'پس از پنج بار خطا حساب بسته می\u200cشود.',
    ),
    doc('network/vpn', 'وصل شدن به وی\u200cپی\u200cان', ['خطای گواهی'], 'برنامه را باز کنید.'),
    doc('screen/zoom', 'بزرگ\u200cنمایی صفحه', ['با صفحه\u200cکلید'], 'کلیدها را نگه دارید.'),
    doc('printing/jam', 'گیر کردن کاغذ در چاپگر', ['سینی دوم'], 'در را باز کنید.'),
  ],
  ar: [
    doc(
      'accounts/reset-password',
      'إعادة تعيين كلمة المرور',
      ['إذا انتهت صلاحية الرابط'],
      'افتح صفحة الاسترداد واكتب اسمك.',
    ),
    doc('accounts/locked', 'الحساب مقفل', ['لماذا يحدث ذلك'], 'بعد خمس محاولات يغلق الحساب.'),
    doc('network/vpn', 'الاتصال بشبكة VPN', ['خطأ في الشهادة'], 'افتح البرنامج.'),
    doc('mail/outlook', 'إعداد Outlook على الهاتف', ['هاتف جديد'], 'نزّل التطبيق.'),
    doc('printing/jam', 'الورق عالق في الطابعة', ['الدرج الثاني'], 'افتح الغطاء واسحب الورقة.'),
  ],
};

export function sampleReader(lang: Lang, tiers: 1 | 2 = 2): Reader {
  const { t0, t1 } = buildIndex(SAMPLE[lang], lang);
  const reader = openReader(t0);
  if (tiers === 2) reader.addBody(t1);
  return reader;
}

/** Many articles of made-up words; the same every time. */
export function manyDocs(count: number): IndexDoc[] {
  let state = 42;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const syllables = ['ka', 'to', 'ri', 'men', 'sol', 'va', 'ne', 'dru', 'pi', 'ost', 'le', 'qua'];
  const words = Array.from({ length: 12_000 }, () =>
    Array.from({ length: 2 + random(4) }, () => syllables[random(syllables.length)]).join(''),
  );
  // Squaring makes some words common and most rare, as in real text.
  const text = (length: number) =>
    Array.from({ length }, () => words[Math.floor((random(1000) / 1000) ** 2 * words.length)]).join(' ');
  return Array.from({ length: count }, (_, i) =>
    doc(`made-up/article-${i}`, text(3 + random(6)), [text(4), text(5)], text(60)),
  );
}
