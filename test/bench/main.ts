/**
 * `npm run bench -- [--quick] [--peers] [--only NAME[,NAME]]`: measures the program beside its floors, and other tools on the
 * same work, and writes docs/benchmarks.md. Never a test: a machine may be slow.
 */
const [verb, ...rest] = process.argv.slice(2);
if (verb === 'generate') {
  const { shapeNamed } = await import('./registry/cached-registry.ts');
  const { writeRegistry } = await import('./registry/write-registry.ts');
  writeRegistry(shapeNamed(rest[0]), rest[1] ?? '');
} else if (verb === 'task') {
  const { runTask } = await import('./tasks.ts');
  await runTask(rest);
} else {
  const { runBench } = await import('./run-bench.ts');
  await runBench(process.argv.slice(2));
}
