#!/usr/bin/env node
/** The command. The program itself is built as CommonJS, which Node loads sooner than modules. */
import { createRequire } from 'node:module';

createRequire(import.meta.url)('./main.cjs');
