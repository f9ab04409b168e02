import { onTestFinished } from 'vitest';

/** Sets a variable of this process, for libraries that look nowhere else, until the running test ends. */
export function setVariable(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}
