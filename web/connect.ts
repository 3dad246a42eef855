/**
 * Keeps the page connected: follows the events of the server, loads the mesh when it is ready or has changed, and tries again
 * after the server, the network or the machine was asleep. A hidden page holds no connection: browsers allow six in all tabs.
 */

import type { EventMessage } from '../src/view/wire/messages.js';
import { isAlike } from './alike.js';
import { ApiError, breakCalls, followEvents, getMesh, getNodes } from './api.js';
import { toScene } from './pose.js';
import { camera, connection, memory, mesh, problem, returns, scene, view } from './state.js';

/** Times between two attempts, in milliseconds. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 5000;

/** Follows the server for as long as the page is open. */
export async function stayConnected(): Promise<void> {
  let wait = RETRY_MS;
  for (;;) {
    await untilVisible();
    const hidden = new AbortController();
    const hide = () => document.hidden && hidden.abort();
    document.addEventListener('visibilitychange', hide);
    try {
      for await (const event of followEvents(hidden.signal)) {
        wait = RETRY_MS;
        await take(event);
      }
      connection.value = 'gone';
    } catch (error) {
      if (hidden.signal.aborted) continue;
      connection.value = error instanceof ApiError && error.status === 401 ? 'refused' : 'gone';
    } finally {
      document.removeEventListener('visibilitychange', hide);
    }
    if (connection.value === 'refused') return;
    breakCalls();
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(2 * wait, RETRY_MS_MAX);
  }
}

async function take(event: EventMessage): Promise<void> {
  const isBack = connection.value === 'gone';
  connection.value = 'open';
  if (isBack) {
    scene.value?.retry();
    returns.value++;
  }
  if (event.type === 'alive') {
    memory.value = { used: event.memoryBytes, limit: event.memoryLimitBytes };
    return;
  }
  const { type, ...state } = event;
  view.value = state;
  if (state.state === 'ready' && state.version !== mesh.value?.version) await load();
}

/** Loads the mesh that is ready. */
async function load(): Promise<void> {
  try {
    const next = await getMesh();
    const nodes = await getNodes(next.version);
    const former = mesh.value;
    mesh.value = next;
    problem.value = undefined;
    document.title = `${next.name} - offload`;
    // What was imported again after a change is looked at from the same place.
    const isSamePlace = former === undefined || isAlike(former.bounds, next.bounds);
    const pose = isSamePlace && camera.value !== undefined ? toScene(camera.value, next) : undefined;
    scene.value?.setMesh(next, nodes, pose);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It has changed again: the next event tells.
    if (error.code !== 'MESH_CHANGED') problem.value = error;
  }
}

function untilVisible(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    look();
  });
}
