import { expect, test } from 'vitest';
import { describeConfig } from '../../src/access/admin/describe-config.ts';
import { environmentSchema, organisationSchema } from '../../src/config/schema.ts';

const org = organisationSchema.parse({ organisation: { name: { en: 'Example', fa: 'نمونه' } } });
const view = (env: Record<string, string>) =>
  describeConfig({ env: environmentSchema.parse(env) as never, org }).environment;
const setting = (env: Record<string, string>, key: string) => view(env).find((one) => one.key === key);

test('addresses lose user, password and parameters', () => {
  expect(
    setting({ DATABASE_URL: 'postgres://me:hidden@db.example:5432/portal?password=hidden' }, 'DATABASE_URL'),
  ).toEqual({ key: 'DATABASE_URL', value: 'postgres://db.example:5432/portal', state: 'set' });
  expect(setting({ SMTP_URL: 'smtps://me%40x:hidden@mail.example' }, 'SMTP_URL')?.value).toBe(
    'smtps://mail.example',
  );
  const odd = describeConfig({
    env: { IMAP_URL: 'hidden words that are no address' } as never,
    org,
  }).environment;
  expect(odd.find(({ key }) => key === 'IMAP_URL')?.value).toBe('…');
});

test('secrets are only said to be there', () => {
  const env = { SECRET: 'xyzzy'.repeat(10), LDAP_BIND_PASSWORD: 'xyzzy' };
  expect(JSON.stringify(view(env))).not.toContain('xyzzy');
  expect(setting(env, 'SECRET')).toEqual({ key: 'SECRET', value: '', state: 'hidden' });
  expect(setting({}, 'SECRET')).toEqual({ key: 'SECRET', value: '', state: 'missing' });
});

test('every variable of the environment is placed: one that is new and forgotten here stays hidden', () => {
  const known = view({}).map(({ key }) => key);
  for (const key of Object.keys(environmentSchema.shape)) expect(known, key).toContain(key);
  const future = describeConfig({ env: { NEW_TOKEN: 'abc' } as never, org }).environment;
  expect(future.find(({ key }) => key === 'NEW_TOKEN')).toEqual({
    key: 'NEW_TOKEN',
    value: '',
    state: 'hidden',
  });
});

test('the organisation is flattened to dotted keys, lists of words on one line', () => {
  const { organisation } = describeConfig({ env: environmentSchema.parse({}), org });
  expect(organisation).toContainEqual({ key: 'organisation.name.fa', value: 'نمونه', state: 'set' });
  expect(organisation).toContainEqual({
    key: 'organisation.languages',
    value: 'en, fa, ar, ru',
    state: 'set',
  });
  expect(organisation).toContainEqual({ key: 'recovery.proofValid', value: '600000', state: 'set' });
});
