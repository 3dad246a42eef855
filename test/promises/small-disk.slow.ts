/** A disk that fills at ten moments of each run. */
import { MOMENTS, testSmallDisk } from '../support/filled-disk.js';

testSmallDisk(Array.from({ length: MOMENTS }, (_, moment) => moment));
