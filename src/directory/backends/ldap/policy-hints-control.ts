import { BerWriter, Control } from 'ldapts';

/**
 * LDAP_SERVER_POLICY_HINTS_OID (MS-ADTS 3.1.1.3.4.1.27): the history of passwords holds for a reset too. Not
 * critical, so that a directory without it still sets passwords.
 */
export class PolicyHintsControl extends Control {
  constructor() {
    super('1.2.840.113556.1.4.2239');
  }

  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(1);
    value.endSequence();
    writer.writeBuffer(value.buffer, 0x04);
  }
}
