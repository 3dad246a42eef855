/** Every format in the ways that its reader and its threads differ in; `npm run test:slow` combines all. */
import { testInvariance } from '../support/invariance.js';

testInvariance(false);
