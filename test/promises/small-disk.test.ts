/** A disk that fills at four moments of each run; `npm run test:slow` fills it at ten. */
import { testSmallDisk } from '../support/filled-disk.js';

testSmallDisk([0, 3, 6, 9]);
