import { describe } from 'vitest';
import { startSlapd } from '../support/slapd.ts';
import { directoryContract, TEST_PEOPLE } from './contract-suite.ts';
import { directoryOn } from './ldap-under-test.ts';

describe('an LDAP directory (slapd with password policy)', () => {
  directoryContract(async () => {
    const slapd = await startSlapd({
      people: Object.entries(TEST_PEOPLE).map(([key, person]) => ({
        ...person,
        also: {
          ...(key === 'disabled' ? { employeeType: 'left' } : {}),
          ...(key === 'adminLocked' ? { pwdAccountLockedTime: '000001010000Z' } : {}),
        },
      })),
    });
    const directory = directoryOn(slapd, {
      disabledWhen: [{ attribute: 'employeeType', values: ['left'] }],
    });
    return { directory, clean: () => slapd.stop() };
  });
});
