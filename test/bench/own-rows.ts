/** What offload does besides importing and converting, as rows of the benchmark. */
import { join } from 'node:path';
import type { CaseFiles } from './case-files.js';
import { type Command, makeOwn } from './command.js';
import { type Pillow, STEP } from './generate.js';

/** Rows of every command, for the case that has them. */
export function listMain(files: CaseFiles, pillow: Pillow): Command[] {
  const { folder, input, database } = files;
  const off = join(folder, 'out.off');
  const packed = ['gz', 'zst'].map((ending) => {
    const output = `${off}.${ending}`;
    return makeOwn(`convert to .off.${ending}`, output, 'convert', input, output);
  });
  return [
    makeOwn('convert --threads 1', off, 'convert', input, off, '--threads', '1'),
    ...packed,
    makeOwn('export', off, 'export', database, off),
    ...listFiltered(database, off, pillow),
    ...listFormats(database, folder),
    ...listMany(files),
    ...listShard(files),
    makeOwn('render', join(folder, 'out.png'), 'render', database, join(folder, 'out.png')),
    ...listQuestions(files, pillow),
  ];
}

/** Outputs of a mesh with colors. */
export function listColored({ folder, database }: CaseFiles): Command[] {
  const off = join(folder, 'out.off');
  const ply = join(folder, 'out.ply');
  const variants: readonly (readonly [output: string, ...options: string[]])[] = [
    [off, '--colors'],
    [off, '--colors', '--dialect', 'int255'],
    [off, '--precision', '6'],
    [off, '--binary'],
    [ply, '--colors'],
  ];
  return variants.map(([output, ...options]) => {
    const name = ['export', ...(output === ply ? ['to .ply'] : []), ...options].join(' ');
    return { ...makeOwn(name, output, 'export', database, output, ...options), writesOff: false };
  });
}

/** Commands that answer a question and write no mesh. */
function listQuestions({ folder, input, database, reference }: CaseFiles, { triangles }: Pillow): Command[] {
  const questions: readonly (readonly [name: string, ...args: string[]])[] = [
    ['info', 'info', database],
    ['info --plots', 'info', database, '--plots'],
    ['sql, triangles to CSV', 'sql', database, 'SELECT * FROM triangles'],
    ['locate', 'locate', database, String(Math.floor(triangles / 2))],
    ['check', 'check', database],
    ['verify', 'verify', database, input],
    ['verify OFF', 'verify', reference, input],
    ['lint', 'lint', reference],
  ];
  return questions.map(([name, ...args]) => ({
    ...makeOwn(name, join(folder, 'none'), ...args),
    writesOff: false,
  }));
}

/** Many files, a mesh that grows, and its tiles; compare them with `convert` and `import`. */
function listMany({ tiles, many, parts, base, tiled, database, folder }: CaseFiles): Command[] {
  const [off, db, split] = ['out.off', 'out.db', 'split'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const append = makeOwn('cp, import --append 10 %', db, 'import', '--append', join(parts, '1.stl'), db);
  const { program, args } = append.invocation;
  const script = 'cp "$1" "$2" && shift 2 && exec "$@"';
  return [
    makeOwn('convert 64 files', off, 'convert', tiles, off),
    makeOwn('convert --each 64 files', split, 'convert', '--each', tiles, `${split}/`),
    makeOwn('export --split source', split, 'export', many, split, '--split', 'source'),
    makeOwn('export --split grid=8,8,1', split, 'export', database, split, '--split', 'grid=8,8,1'),
    {
      ...append,
      invocation: {
        ...append.invocation,
        program: 'sh',
        args: ['-c', script, 'sh', base, db, program, ...args],
      },
    },
    { ...makeOwn('index --tiles', join(folder, 'none'), 'index', tiled, '--tiles'), writesOff: false },
  ];
}

/** What a task of a cluster does with its shard, the files of the seams aside; compare them with `import` and `export`. */
function listShard({ folder, input, database }: CaseFiles): Command[] {
  const [db, tables, parts] = ['out.db', 'shard-tables', 'shard-parts'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  return [
    makeOwn('import --no-index', db, 'import', input, db, '--no-index'),
    makeOwn('shard vertices', tables, 'shard', 'vertices', database, tables, '--number', '0'),
    makeOwn('shard write', parts, 'shard', 'write', database, parts, '--number', '0', '--base', '0'),
  ];
}

/** Exports to the formats besides OFF; compare them with `export`, which writes OFF. */
function listFormats(database: string, folder: string): Command[] {
  const variants: readonly (readonly [string, ...string[]])[] = [
    ['out.ply'],
    ['out.stl'],
    ['out.obj'],
    ['tables.parquet'],
    ['soup.parquet', '--soup'],
    ['soup.off', '--soup'],
    ['text.ply', '--ascii'],
  ];
  return variants.map(([file, ...options]) => {
    const output = join(folder, file);
    const name = ['export to', file.slice(file.indexOf('.')), ...options].join(' ');
    return { ...makeOwn(name, output, 'export', database, output, ...options), writesOff: false };
  });
}

/** Exports of half of a mesh, of a hundredth with an R*Tree, of its component, and of all of it welded. */
function listFiltered(database: string, output: string, { columns, rows }: Pillow): Command[] {
  const range = (count: number) => [0.4 * STEP * count, 0.5 * STEP * count] as const;
  const [[x0, x1], [z0, z1]] = [range(columns), range(rows)];
  const asked: readonly (readonly [string, string, string])[] = [
    ['export, half by --where', '--where', 'max_y > 0'],
    ['export, 1 % by --bbox', '--bbox', `${x0},-100,${z0},${x1},100,${z1}`],
    ['export --component largest', '--component', 'largest'],
    ['export --weld', '--weld', String(STEP / 1000)],
  ];
  return [
    ...asked.map(([name, option, value]) => ({
      ...makeOwn(name, output, 'export', database, output, option, value),
      writesOff: option === '--component' || option === '--weld',
    })),
  ];
}
