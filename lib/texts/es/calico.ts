import type { Catalogue } from '../catalogue.ts'

/** Phases calico and calico-ready, and Calico's part of pod-network. */
export const calico: Catalogue = {
  'Make the namespace {namespace}': 'Crea el namespace {namespace}',
  'The operator lives there. What was applied is noted on it.':
    'Ahí vive el operador. Lo que se aplicó queda anotado en él.',
  'Apply the CRDs of Calico {version}': 'Aplica las CRD de Calico {version}',
  'They teach the API server the kinds Installation, IPPool and others. They are 3 MB and too large for the note that plain kubectl apply leaves on each object; server-side apply leaves none.':
    'Enseñan al servidor de la API los tipos Installation, IPPool y otros. Son 3 MB, demasiado para la nota que un kubectl apply corriente deja en cada objeto; server-side apply no deja ninguna.',
  'Apply the Tigera operator of Calico {version}': 'Aplica el operador Tigera de Calico {version}',
  'The operator is a program in the cluster that installs Calico as the Installation describes it, and keeps it so. It runs in the network of the node, since there is none for pods yet.':
    'El operador es un programa dentro del clúster que instala Calico como lo describe la Installation, y lo mantiene así. Se ejecuta en la red del nodo, porque todavía no hay ninguna para los pods.',
  'Describe the pod network: the Installation': 'Describe la red de pods: la Installation',
  'The operator makes the network of this. Addresses of nodes are those that Kubernetes knows, so that a virtual IP is never taken for one; the rules in the kernel are written as kube-proxy writes its own.':
    'Con esto hace la red el operador. Las direcciones de los nodos son las que conoce Kubernetes, para que nunca se tome por una de ellas una IP virtual; las reglas del núcleo se escriben como kube-proxy escribe las suyas.',
  'Ask for Calico’s API server': 'Pide el servidor de la API de Calico',
  'With it kubectl knows Calico’s own kinds, such as pools and policies, and checks them.':
    'Con él, kubectl conoce los tipos propios de Calico, como pools y políticas, y los comprueba.',
  'The operator works now. See it end well, on this node:  sh calico-ready.mjs ...':
    'El operador trabaja ahora. Comprueba que acaba bien, en este nodo:  sh calico-ready.mjs ...',
  'Wait until the Tigera operator runs': 'Espera a que el operador Tigera esté en marcha',
  'Nothing else of Calico begins before it does. What keeps it is told: most often its image.':
    'Nada más de Calico empieza antes que él. Se dice qué lo retiene: casi siempre su imagen.',
  'Wait until Calico works': 'Espera a que Calico funcione',
  'The operator tells for each part whether it works. Waited for are the parts that were asked for: others wait for what nobody installs.':
    'El operador dice de cada parte si funciona. Se esperan las partes que se pidieron: otras esperan algo que nadie instala.',
  'Install calicoctl {version}': 'Instala calicoctl {version}',
  'Some things only it shows: the state of a node (calicoctl node status), who has which addresses (calicoctl ipam show). Its checksum is compared before it may run.':
    'Algunas cosas solo las muestra él: el estado de un nodo (calicoctl node status), quién tiene qué direcciones (calicoctl ipam show). Su suma de comprobación se compara antes de que pueda ejecutarse.',
}
