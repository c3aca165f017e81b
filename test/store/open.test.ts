import { storeContract } from '../contracts/store.ts';
import { storePlace } from '../support/store.ts';

storeContract('SQLite', storePlace);
