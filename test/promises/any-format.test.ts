/** A few meshes in every format; `npm run test:slow` writes hundreds. Others each time. */
import { testAnyFormat } from '../support/any-format.js';

testAnyFormat({ sound: 5, damaged: 10 });
