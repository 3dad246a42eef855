/**
 * Keeps the page connected: follows the events of the server, loads the mesh when it is ready or has changed, and tries again
 * after the server, the network or the machine was asleep. A hidden page holds no connection: browsers allow six in all tabs.
 */

import type { CoarseAnswer, EventMessage, MeshAnswer } from '../src/view/wire/messages.js';
import { isAlike } from './alike.js';
import { ApiError, breakCalls, followEvents, getCoarse, getMesh, getNodes } from './api.js';
import { toMesh, toScene } from './pose.js';
import type { Pose } from './scene/camera-rig.js';
import { camera, coarse, connection, drawn, memory, mesh, problem, returns, scene, view } from './state.js';

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
  const next = state.state === 'preparing' ? state.coarse : null;
  const isLoading = wanted !== null;
  wanted = next;
  // Not awaited: events that come meanwhile tell of later ones.
  if (next !== null && !isLoading) void showCoarse();
  if (state.state === 'ready' && state.version !== mesh.value?.version) await load();
}

/** The latest coarse mesh that the server has told of. */
let wanted: CoarseAnswer | null = null;

/** Draws what there is of a mesh that is being prepared, if there is no other. */
async function showCoarse(): Promise<void> {
  for (;;) {
    const next = wanted;
    if (next === null || mesh.value !== undefined || next.version === coarse.value?.version) break;
    // The next event tells if the server is gone.
    const bytes = await getCoarse(next.version).catch(() => undefined);
    const picture = scene.value;
    if (bytes === undefined || picture === undefined || mesh.value !== undefined) break;
    const pose = findPose(next);
    coarse.value = next;
    picture.setCoarse(next, new Uint8Array(bytes), pose);
    fitted = pose === undefined ? picture.rig.pose : undefined;
  }
  wanted = null;
}

/** The first view of a coarse mesh, until the camera is moved: as the mesh grows, the view does, too. */
let fitted: Pose | undefined;

/** The camera for another mesh: where it is, or where the URL has it; undefined for the first view. */
function findPose(next: Pick<MeshAnswer, 'bounds'>): Pose | undefined {
  const before = drawn.value;
  const picture = scene.value;
  if (before !== undefined && picture !== undefined) {
    const { pose } = picture.rig;
    const isFitted = fitted !== undefined && isSame(pose, fitted);
    return isFitted ? undefined : toScene(toMesh(pose, before), next);
  }
  return camera.value === undefined ? undefined : toScene(camera.value, next);
}

/** Whether nobody has moved the camera: it is computed anew in each frame, so the last digits differ. */
function isSame(one: Pose, other: Pose): boolean {
  const values = [...one.position, ...one.target];
  return [...other.position, ...other.target].every((value, k) => Math.abs(value - values[k]!) < 1e-6);
}

/** Loads the mesh that is ready. */
async function load(): Promise<void> {
  try {
    const next = await getMesh();
    const nodes = await getNodes(next.version);
    const former = mesh.value;
    // What was imported again is looked at from the same place; another mesh may be anywhere else.
    const isElsewhere = former !== undefined && !isAlike(former.bounds, next.bounds);
    const pose = isElsewhere ? undefined : findPose(next);
    mesh.value = next;
    coarse.value = undefined;
    problem.value = undefined;
    document.title = `${next.name} - offload`;
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
