/** Many meshes cut into shards. */
import { testAnyShards } from '../support/any-shards.js';

testAnyShards(300);
