import { it } from 'vitest';
import { expectFlatMemory } from './support/memory.js';

it.each([
  ['1 M', 2500, 200],
  ['10 M', 25_000, 200],
  ['50 M', 50_000, 500],
])('stays within --memory at %s triangles', (_, rings, sides) => expectFlatMemory(rings, sides));
