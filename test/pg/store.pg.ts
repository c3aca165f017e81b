import { storeContract } from '../contracts/store.ts';
import { pgPlace } from './place.ts';

storeContract('PostgreSQL', pgPlace);
