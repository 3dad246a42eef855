/** `offload shard`: the shards of a mesh that several processes or machines convert together. */
import type { Command } from 'commander';
import { addHeader } from './header.js';
import { addVertices } from './vertices.js';
import { addWrite } from './write.js';

export function addShard(program: Command): void {
  const shard = program
    .command('shard')
    .summary('convert a mesh in shards, on several machines')
    .description(
      'Converts a mesh in shards: consecutive pieces of the input, each in a database of its own.\n' +
        'SQL of any engine finds the vertices that shards have in common. docs/guide/shards.md shows all steps.',
    )
    .helpCommand(false);
  addVertices(shard);
  addWrite(shard);
  addHeader(shard);
}
