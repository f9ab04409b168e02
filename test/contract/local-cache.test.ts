import { LocalCache } from '../../src/weights/local-cache.ts';
import { describeWeightsCache } from './weights-cache.ts';

describeWeightsCache('a local cache', (folder, owner) => new LocalCache({ folder, owner, shared: false }));
describeWeightsCache('a shared local cache', (folder, owner) => new LocalCache({ folder, owner, shared: true }));
