import type { Catalogue } from '../catalogue.ts'

/** report.html; what it shares with the transcript stands in lessons.ts. */
export const report: Catalogue = {
  'The cluster': 'El clúster',
  'When what was done': 'Cuándo se hizo cada cosa',
  'What was done': 'Lo que se hizo',
  'What was not changed': 'Lo que no se cambió',
  'What was said': 'Lo que se dijo',
  '{number} line': '{number} línea',
  '{number} lines': '{number} líneas',
  'Nothing was to be done.': 'No había nada que hacer.',
  Done: 'Hecho',
  'It was cut off, its end is not known': 'Se cortó, no se sabe cómo acabó',
  'The same command goes on from here.': 'La misma orden sigue desde aquí.',
  'It ended before there was a plan: nothing.': 'Acabó antes de tener un plan: nada.',
  'Every phase had something to do on every node.': 'Cada fase tenía algo que hacer en cada nodo.',
  'No phase ran.': 'No se ejecutó ninguna fase.',
  'When each phase worked on each node; the same as the list of phases below':
    'Cuándo trabajó cada fase en cada nodo; lo mismo que la lista de fases de abajo',
  '{planes} control planes and {workers} workers behind {endpoint}':
    '{planes} nodos del plano de control y {workers} de trabajo detrás de {endpoint}',
  pods: 'pods',
  services: 'servicios',
  worker: 'nodo de trabajo',
  'control plane, etcd': 'plano de control, etcd',
  'control plane, etcd elsewhere': 'plano de control, etcd aparte',
  'a virtual IP on a control plane (kube-vip)':
    'una IP virtual en un nodo del plano de control (kube-vip)',
  'a load balancer of your own': 'un balanceador de carga tuyo',
}
