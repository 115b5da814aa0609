import type { Lang } from '../lib/lang.ts';
import type { Role } from '../lib/who.ts';

export interface SamplePerson {
  readonly login: string;
  readonly name: string;
  readonly lang: Lang;
  readonly roles: readonly Role[];
  readonly teams: readonly string[];
  readonly privileged?: boolean;
}

/** The invented people of sample mode. None has a password until they set one. */
export const SAMPLE_PEOPLE: readonly SamplePerson[] = [
  { login: 'alex', name: 'Alex Sampleton', lang: 'en', roles: ['staff'], teams: [] },
  { login: 'sara', name: 'سارا نمونه‌پور', lang: 'fa', roles: ['staff'], teams: [] },
  { login: 'omar', name: 'عمر المثالي', lang: 'ar', roles: ['staff'], teams: [] },
  { login: 'anna', name: 'Анна Примерова', lang: 'ru', roles: ['staff'], teams: [] },
  {
    login: 'nina',
    name: 'Nina Placeholder',
    lang: 'en',
    roles: ['staff', 'agent-l1'],
    teams: ['service-desk'],
  },
  { login: 'reza', name: 'رضا الگویی', lang: 'fa', roles: ['staff', 'agent-l2'], teams: ['operations'] },
  { login: 'layla', name: 'ليلى النموذجي', lang: 'ar', roles: ['staff', 'agent-l3'], teams: ['engineering'] },
  { login: 'ivan', name: 'Иван Образчиков', lang: 'ru', roles: ['staff', 'editor'], teams: [] },
  {
    login: 'admin',
    name: 'Robin Sampleman',
    lang: 'en',
    roles: ['staff', 'admin'],
    teams: [],
    privileged: true,
  },
];

export const sampleMail = (login: string): string => `${login}@example.org`;
