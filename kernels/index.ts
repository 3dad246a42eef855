/**
 * Kernels: the hot loops of imports and exports, in AssemblyScript. `npm run build` compiles them to `dist/kernels.wasm`, which
 * [`kernels`](../src/kernels/kernels.ts) loads. They run at full speed from the first call, and use 64-bit integers and
 * instructions for four numbers at a time.
 *
 * Kernels have no memory of their own: they get the addresses of everything they use, and the caller decides what is where.
 * `usize` is an address. Each kernel is called for thousands of items at once, because a call takes as long as a few of
 * them. Anything unusual goes back to the caller, so that kernels stay small.
 *
 * AssemblyScript 0.28 extends `u32(load<i32>(at))` to 64 bits with its sign; use `load<u32>`.
 */
export * from './pages';
export * from './sort';
export * from './stl';
export * from './text';
export * from './weld';
