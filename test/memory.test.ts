import { it } from 'vitest';
import { expectFlatMemory } from './support/memory.js';

it('stays within --memory at 400,000 triangles', () => expectFlatMemory(1000, 200));
