import { BerWriter } from 'ldapts';

export const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';

/** Value of the Password Modify operation (RFC 3062, 2): whose password, and the new one. */
export function passwordModifyValue(dn: string, password: string): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeString(dn, 0x80);
  writer.writeString(password, 0x82);
  writer.endSequence();
  return writer.buffer;
}
