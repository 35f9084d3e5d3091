import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeApi } from './api.ts'
import { partsNotReady, podsNotReady } from './calico-status.ts'

/** An API server that has these lists, and 404 for all others. */
const kube = (lists: Readonly<Record<string, readonly unknown[]>>): KubeApi => ({
  server: 'https://10.0.0.11:6443',
  get: async (path) => {
    const items = lists[path]
    return items
      ? { status: 200, text: '', json: { items } }
      : { status: 404, text: '', json: undefined }
  },
})

const statuses = '/apis/operator.tigera.io/v1/tigerastatuses'
const part = (name: string, ...conditions: readonly object[]) => ({
  metadata: { name },
  status: { conditions },
})
const condition = (type: string, message = '', status = 'True') => ({ type, status, message })

test('only the parts that were asked for count', async () => {
  const lists = {
    [statuses]: [
      part('calico', condition('Available')),
      part('tiers', condition('Degraded', 'Waiting for Tigera API server to be ready')),
    ],
  }
  deepEqual(await partsNotReady(kube(lists), ['calico']), [])
  deepEqual(await partsNotReady(kube(lists), ['calico', 'ippools']), [
    'ippools: the operator has not said anything yet',
  ])
})

test('the operator’s words are told; degraded is no success, whatever else is said', async () => {
  const lists = {
    [statuses]: [
      part(
        'calico',
        condition('Available', '', 'False'),
        condition('Progressing', 'awaiting 1\n nodes'),
      ),
      part('ippools', condition('Available'), condition('Degraded', 'overlaps')),
      part('apiserver', condition('Available', '', 'Unknown')),
    ],
  }
  deepEqual(await partsNotReady(kube(lists), ['calico', 'ippools', 'apiserver']), [
    'calico: awaiting 1 nodes',
    'ippools: degraded: overlaps',
    'apiserver: not available yet',
  ])
})

test('before the CRDs are there nothing was said', async () => {
  deepEqual(await partsNotReady(kube({}), ['calico']), ['the operator has not said anything yet'])
})

const pod = (name: string, status: object, nodeName?: string) => ({
  metadata: { namespace: 'calico-system', name },
  spec: nodeName ? { nodeName } : {},
  status,
})
const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } })

test('pods that are not ready, with node and reason', async () => {
  const lists = {
    '/api/v1/namespaces/calico-system/pods': [
      pod('well', { phase: 'Running', conditions: [condition('Ready')] }, 'w1'),
      pod('done', { phase: 'Succeeded' }, 'w1'),
      pod(
        'image',
        { phase: 'Pending', initContainerStatuses: [waiting('ErrImagePull', 'not found')] },
        'w1',
      ),
      pod(
        'crash',
        {
          phase: 'Running',
          containerStatuses: [
            { ...waiting('CrashLoopBackOff'), lastState: { terminated: { exitCode: 2 } } },
          ],
        },
        'w2',
      ),
      pod('homeless', {
        phase: 'Pending',
        conditions: [condition('PodScheduled', '0/1 nodes are available', 'False')],
      }),
      pod('new', { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] }, 'w1'),
      pod('deaf', { phase: 'Running', containerStatuses: [{ state: { running: {} } }] }, 'w1'),
    ],
  }
  const found = await podsNotReady(kube(lists))
  deepEqual(
    found.map(({ noImage }) => noImage),
    [true, false, false, false, false],
  )
  deepEqual(
    found.map(({ text }) => text),
    [
      'ErrImagePull on w1, pod calico-system/image: not found',
      'CrashLoopBackOff (it ended with exit code 2) on w2, pod calico-system/crash',
      'not on any node yet, pod calico-system/homeless: 0/1 nodes are available',
      'being started on w1, pod calico-system/new',
      'runs, not ready on w1, pod calico-system/deaf',
    ],
  )
})
