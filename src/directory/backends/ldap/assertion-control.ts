import { BerWriter, Control, type Filter } from 'ldapts';

/** RFC 4528: the operation happens only if the entry matches at that very moment; otherwise result 122. */
export class AssertionControl extends Control {
  static readonly oid = '1.3.6.1.1.12';
  readonly #filter: Filter;

  constructor(filter: Filter) {
    super(AssertionControl.oid, { critical: true });
    this.#filter = filter;
  }

  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    this.#filter.write(value);
    writer.writeBuffer(value.buffer, 0x04);
  }
}

export const ASSERTION_FAILED = 122;
