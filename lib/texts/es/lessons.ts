import type { Catalogue } from '../catalogue.ts'

/** The frame of lessons: --explain and `kubestrap explain`. */
export const lessons: Catalogue = {
  'It only looks, and refuses to go on when it is not so.':
    'Solo mira, y se niega a seguir cuando no es así.',
  'The commands are those of `{node}` in the cluster `{cluster...}`.':
    'Las órdenes son las de `{node}` en el clúster `{cluster...}`.',
  'It is no part of the order of `up`: it runs when it is asked for.':
    'No forma parte del orden de `up`: se ejecuta cuando se pide.',
  'Runs on': 'Se ejecuta en',
  'no node of this cluster, as its file is': 'ningún nodo de este clúster, tal como es su archivo',
  'one at a time': 'de uno en uno',
  'up to {number} at a time': 'hasta {number} a la vez',
  'Begins after': 'Empieza después de',
  'nothing, it is the first': 'nada, es la primera',
  'on the same node': 'en el mismo nodo',
  'on the control plane that acts for the cluster':
    'en el nodo del plano de control que actúa por el clúster',
  'on every node that it concerns': 'en todos los nodos a los que concierne',
  'on every node that it concerns, ended well or not':
    'en todos los nodos a los que concierne, haya acabado bien o no',
  'Needs join credentials (`join-credentials`).':
    'Necesita credenciales para unirse (`join-credentials`).',
  'What it hands back': 'Lo que devuelve',
  'What it writes': 'Lo que escribe',
  'The whole run': 'El recorrido completo',

  // kubestrap why
  phase: 'fase',
  step: 'paso',
  file: 'archivo',
  nodes: 'nodos',
  reason: 'motivo',
  'none of this cluster': 'ninguno de este clúster',
  more: 'más',
  'This is told of {cluster...}.': 'Esto se cuenta de {cluster...}.',

  // kubestrap explain --html
  'how the cluster is made': 'cómo se hace el clúster',
  '{number} phase': '{number} fase',
  '{number} phases': '{number} fases',
  '{number} step': '{number} paso',
  '{number} steps': '{number} pasos',
  'told by the steps of kubestrap themselves; no node was asked':
    'contado por los propios pasos de kubestrap; no se preguntó a ningún nodo',
  'Unfold or fold everything': 'Despliega o pliega todo',
  Writes: 'Escribe',
  'Not needed by this cluster': 'Lo que este clúster no necesita',

  // up --transcript
  'This run wrote down nothing.': 'Esta ejecución no anotó nada.',
  'The nodes': 'Los nodos',
  'Begun {time...}, took {length} (minutes:seconds)':
    'Empezó {time...}, duró {length} (minutos:segundos)',
  'It ended well': 'Acabó bien',
  'It failed': 'Falló',
  'It was stopped': 'Se detuvo',
  'Its end is not known': 'No se sabe cómo acabó',
  '1 step changed something': '1 paso cambió algo',
  '{number} steps changed something': '{number} pasos cambiaron algo',
  'Container runtime {runtime...}, pod network {network...}':
    'Entorno de ejecución de contenedores {runtime...}, red de pods {network...}',
  Endpoint: 'Punto de acceso',
  '| node | address | role |': '| nodo | dirección | papel |',
  '{phase} on {node}': '{phase} en {node}',
  'From {from} to {to} UTC': 'De {from} a {to} UTC',
  'in {seconds} s': 'en {seconds} s',
  'not finished': 'sin acabar',
  'As wanted already, nothing done:': 'Ya estaba como se quiere, no se hizo nada:',
  'What was not run': 'Lo que no se ejecutó',
}
