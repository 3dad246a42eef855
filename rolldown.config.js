/**
 * The program in a few files instead of two hundred: Node takes longer to find and link those than to run what is in
 * them, and each thread does it again. `npm run bench -- --triangles 1M --only convert` shows it: 0.75 s from single
 * modules, 0.70 s from bundled ones, 0.63 s as CommonJS. To shrink the text as well gained nothing.
 */
import { dts } from 'rolldown-plugin-dts';

const common = {
  platform: 'node',
  logLevel: 'warn',
  // Packages stay where npm has put them, but for two: a default export, which a bundle in CommonJS cannot require, and
  // thirty modules that every command would have to find.
  external: /^(?!earcut$|hyparquet)[^./]/,
};

export default [
  {
    ...common,
    input: { main: 'src/main.ts', thread: 'src/thread.ts' },
    output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
  },
  { ...common, input: { cli: 'src/cli.ts', index: 'src/index.ts' }, output: { dir: 'dist' } },
  // One file with the public declarations: users see no internal modules, and need no types of better-sqlite3.
  {
    ...common,
    input: { index: 'dist-types/index.d.ts' },
    plugins: dts({ dtsInput: true, oxc: true }),
    output: { dir: 'dist' },
  },
];
