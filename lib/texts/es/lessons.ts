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
}
