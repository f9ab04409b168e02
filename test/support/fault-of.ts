/** Faults as tests look at them: by code and data, never by sentence. */
import { type ErrorCode, type ErrorData, RegistryError } from '../../src/domain/errors.ts';

/** Code and data of a fault. */
export interface Fault {
  readonly code: ErrorCode;
  readonly data: ErrorData;
}

/** Runs `work`, which must throw a RegistryError, and returns its code and data. Any other outcome throws. */
export function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof RegistryError) return { code: error.code, data: error.data };
    throw error;
  }
  throw new Error('expected a fault, got none');
}
