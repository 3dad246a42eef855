/** A thread that runs SQL queries for triangles, which cannot be interrupted. */
import { IdSet, type SharedIdSet } from '../../../collections/id-set.js';
import { MeshDatabase } from '../../../database/mesh-database.js';
import { answerQuestion, type Question } from '../../../filter/questions.js';
import type { Home, Work } from './protocol.js';

export interface AnswerRequest {
  readonly question: Question;
  /** The set to which the triangles of the answer are added. */
  readonly found: SharedIdSet;
}

export function begin({ path }: { readonly path: string }, home: Home<true>): Work<AnswerRequest> {
  const db = MeshDatabase.open(path);
  return {
    handle({ question, found }) {
      db.ask((connection) => answerQuestion(connection, question, IdSet.attach(found)));
      home.send(true);
    },
    close: () => db.close(),
  };
}
