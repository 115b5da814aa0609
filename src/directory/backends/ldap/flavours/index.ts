import { ad } from './ad.ts';
import type { Flavour } from './flavour.ts';
import { freeipa } from './freeipa.ts';
import { openldap } from './openldap.ts';

export const FLAVOURS: Readonly<Record<Flavour['name'], Flavour>> = { openldap, freeipa, ad };
