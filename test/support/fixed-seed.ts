/**
 * Under CI, property tests draw the same cases each time: a run judges the change, not its luck. Everywhere else they draw
 * new ones, and what they find becomes a test of its own.
 */
if (process.env['CI'] === 'true') {
  const { configureGlobal } = await import('fast-check');
  configureGlobal({ seed: 20_261_121 });
}
