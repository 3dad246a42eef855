/** Every format in every way. */
import { testInvariance } from '../support/invariance.js';

testInvariance(true);
