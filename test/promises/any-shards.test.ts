/** A few meshes cut into shards; the slow run has many. */
import { testAnyShards } from '../support/any-shards.js';

testAnyShards(6);
