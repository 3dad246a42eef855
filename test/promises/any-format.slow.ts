/** Hundreds of meshes in every format, others each time. */
import { testAnyFormat } from '../support/any-format.js';

testAnyFormat({ sound: 300, damaged: 1000 });
