import type { Catalogue } from '../catalogue.ts'

/** Phases pod-network and pod-routes. */
export const podNetwork: Catalogue = {
  'Wait until the node was given its pod range':
    'Espera a que el nodo haya recibido su rango de pods',
  'The controller manager cuts the pod network into a range for each node, a moment after the node has registered.':
    'El controller manager corta la red de pods en un rango para cada nodo, un momento después de que el nodo se registre.',
  'The kubelet calls the node not ready until a CNI configuration is there. The range is the node’s own: spec.podCIDR of its Node object.':
    'El kubelet da el nodo por no listo hasta que hay una configuración CNI. El rango es el del propio nodo: spec.podCIDR de su objeto Node.',
  'Set other CNI configurations aside': 'Aparta las otras configuraciones CNI',
  'The runtime takes the first file by name: one left by a package or an earlier cluster would win over the one of the pod network.':
    'El entorno de ejecución toma el primer archivo por nombre: uno que dejó un paquete o un clúster anterior ganaría al de la red de pods.',
  'Apply the manifest {path}': 'Aplica el manifiesto {path}',
  'Server-side apply can be repeated: the API server itself tells what is already as wanted.':
    'Server-side apply se puede repetir: el propio servidor de la API dice lo que ya está como se quiere.',
  'on a control plane': 'en un nodo del plano de control',
  'Wait until the node is Ready': 'Espera a que el nodo esté Ready',
  'Ready is what the scheduler looks at: kubelet, runtime and pod network work together.':
    'En Ready se fija el scheduler: el kubelet, el entorno de ejecución y la red de pods funcionan juntos.',

  'Know the pod ranges of all nodes': 'Averigua los rangos de pods de todos los nodos',
  'The controller manager gives a range to each node when it joins.':
    'El controller manager da un rango a cada nodo cuando se une.',
  'Pods talk to the world with the node’s address, and to each other with their own.':
    'Los pods hablan con el mundo con la dirección del nodo, y entre sí con la suya.',
  'The routes as a unit: plain commands that one can read, run again at every boot.':
    'Las rutas como unidad: órdenes corrientes que se pueden leer, ejecutadas de nuevo en cada arranque.',
  'Without them a Service works only as long as its pod happens to be on the same node.':
    'Sin ellas un Service solo funciona mientras su pod esté, por casualidad, en el mismo nodo.',
  'See that the kernel has the routes': 'Comprueba que el núcleo tiene las rutas',
  'What counts is the routing table, not the unit: somebody may have deleted a route, or a node has come back with another range.':
    'Cuenta la tabla de rutas, no la unidad: alguien puede haber borrado una ruta, o un nodo ha vuelto con otro rango.',
  'that no node has': 'que ningún nodo tiene',
}
