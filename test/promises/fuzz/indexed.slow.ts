import { fuzzLong } from './fuzz-long.js';

fuzzLong(['ply', 'obj', 'off']);
