import { fuzzLong } from './fuzz-long.js';

fuzzLong(['stl', 'raw']);
