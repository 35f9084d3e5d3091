import type { Catalogue } from '../catalogue.ts'

/** Titles of the phases and of the other scripts, and why each phase exists. */
export const phaseTitles: Catalogue = {
  'Prepare the machine: packages, runtime, kernel settings':
    'Prepara la máquina: paquetes, entorno de ejecución, ajustes del núcleo',
  'Begin the cluster on the first control plane':
    'Inicia el clúster en el primer nodo del plano de control',
  'Carry the endpoint: a virtual IP on the control planes':
    'Sostén el punto de acceso: una IP virtual en los nodos del plano de control',
  'Ask for Calico: definitions, operator, Installation':
    'Pide Calico: definiciones, operador, Installation',
  'Join as a control plane': 'Únete como nodo del plano de control',
  'Join as a worker': 'Únete como nodo de trabajo',
  'See that Calico works': 'Comprueba que Calico funciona',
  'Give the pods of the node a network': 'Da una red a los pods del nodo',
  'Set the routes to the pods of the other nodes':
    'Pon las rutas hacia los pods de los otros nodos',
  'Set labels and taints of the nodes': 'Pon las etiquetas y los taints de los nodos',
  'Approve the serving certificates of the kubelets':
    'Aprueba los certificados de servidor de los kubelets',
  'Look at the machine and at the cluster it belongs to':
    'Mira la máquina y el clúster al que pertenece',
  'Issue what a node needs to join, or take it back':
    'Emite lo que un nodo necesita para unirse, o retíralo',
  'Move the pods of a node away, take its etcd member out':
    'Llévate los pods de un nodo y quita su miembro de etcd',
  'Take the cluster off this machine': 'Quita el clúster de esta máquina',
  'Delete the Node object of a node that has gone':
    'Borra el objeto Node de un nodo que ya no está',

  'A fresh virtual machine is not yet able to be a Kubernetes node. It needs kernel modules and settings for pod networks, no swap, a container runtime, and the kubelet and kubeadm in exactly the wanted version, from repositories whose signatures are checked.':
    'Una máquina virtual recién creada todavía no puede ser un nodo de Kubernetes. Le hacen falta módulos y ajustes del núcleo para las redes de pods, que no haya swap, un entorno de ejecución de contenedores, y el kubelet y kubeadm en la versión exacta que se quiere, de repositorios cuyas firmas se comprueban.',
  'kubeadm init makes the certificate authority, starts etcd, API server, controller manager and scheduler as static pods, and installs kube-proxy and CoreDNS. It is done once in the life of a cluster, on one node; all others join.':
    'kubeadm init crea la autoridad de certificación, arranca etcd, el servidor de la API, el controller manager y el scheduler como pods estáticos, e instala kube-proxy y CoreDNS. Se hace una sola vez en la vida del clúster, en un solo nodo; todos los demás se unen.',
  'Without a load balancer the control planes carry the endpoint themselves. kube-vip runs on each of them as a static pod: in mode arp the one that holds a lease puts the address on its interface and tells the network by ARP; when it dies, another one does. In mode bgp each announces the address to routers.':
    'Sin un balanceador de carga, los propios nodos del plano de control sostienen el punto de acceso. kube-vip se ejecuta en cada uno como pod estático: en el modo arp, el que tiene el lease pone la dirección en su interfaz y lo anuncia a la red por ARP; cuando muere, lo hace otro. En el modo bgp cada uno anuncia la dirección a los routers.',
  'A further control plane fetches the certificates of the cluster (encrypted, with the certificate key), starts its own etcd as a learner, is promoted to a voting member, and runs its own API server. One at a time: etcd takes one learner.':
    'Otro nodo del plano de control descarga los certificados del clúster (cifrados, con la clave de certificados), arranca su propio etcd como learner, asciende a miembro con voto y ejecuta su propio servidor de la API. De uno en uno: etcd solo admite un learner.',
  'A worker only needs a token and the CA by which it knows the cluster. Workers join together, after the last control plane, when the uploaded certificates are gone: a worker’s token could read them.':
    'Un nodo de trabajo solo necesita un token y la CA por la que conoce el clúster. Los nodos de trabajo se unen a la vez, después del último nodo del plano de control, cuando los certificados subidos ya no están: el token de un nodo de trabajo podría leerlos.',
  'Calico is installed by an operator: a program in the cluster that reads one object, the Installation, and does the rest by itself. This phase only asks, on one control plane, once; the operator works while the other nodes join, and calico-ready waits for it.':
    'Calico lo instala un operador: un programa dentro del clúster que lee un objeto, la Installation, y hace el resto por sí solo. Esta fase solo lo pide, en un nodo del plano de control y una vez; el operador trabaja mientras los otros nodos se unen, y calico-ready lo espera.',
  'The operator started to work when it was asked (calico), while the other nodes joined. Here it is seen that Calico works on all of them, and if not, why.':
    'El operador empezó a trabajar cuando se le pidió (calico), mientras los otros nodos se unían. Aquí se comprueba que Calico funciona en todos ellos y, si no, por qué.',
  'Kubernetes leaves pod networking to a CNI plugin. The bridge plugin is the simplest that can be understood whole: on each node a Linux bridge, with addresses from the range that the controller manager gave to the node. Routes between the nodes are the second half (pod-routes).':
    'Kubernetes deja la red de los pods a un plugin CNI. El plugin bridge es el más sencillo que se puede entender entero: en cada nodo un puente de Linux, con direcciones del rango que el controller manager dio al nodo. Las rutas entre los nodos son la segunda mitad (pod-routes).',
  'The bridge of a node only knows its own pods. Each node gets a route to the pod range of every other node, through that node’s address: all nodes must be in one network. A systemd unit sets them again at every boot.':
    'El puente de un nodo solo conoce sus propios pods. Cada nodo recibe una ruta hacia el rango de pods de cada uno de los otros, a través de la dirección de ese nodo: todos los nodos deben estar en una misma red. Una unidad de systemd las vuelve a poner en cada arranque.',
  'Labels and taints belong to the Node objects. They are set through the API by an administrator: a kubelet may not give itself every label.':
    'Las etiquetas y los taints pertenecen a los objetos Node. Los pone un administrador a través de la API: un kubelet no puede darse a sí mismo cualquier etiqueta.',
  'API servers talk to kubelets for logs, exec and metrics. With security.kubeletServingCertificates a kubelet proves itself with a certificate of the cluster’s CA. It asks for one by itself, but nothing in Kubernetes approves: a request may name any address. Here each is compared with the cluster file, and what does not fit stays unapproved.':
    'Los servidores de la API hablan con los kubelets para logs, exec y métricas. Con security.kubeletServingCertificates, un kubelet se acredita con un certificado de la CA del clúster. Lo pide él mismo, pero nada en Kubernetes lo aprueba: una solicitud puede nombrar cualquier dirección. Aquí cada una se compara con el archivo del clúster, y la que no encaja se queda sin aprobar.',
  'What every phase would do on this node, and on a control plane what the cluster is: nodes, etcd members, health. Nothing is changed.':
    'Lo que haría cada fase en este nodo y, en un nodo del plano de control, cómo es el clúster: nodos, miembros de etcd, salud. No se cambia nada.',
  'A joining node needs the endpoint, a bootstrap token, the CA by which it knows the cluster and, as a control plane, the key to the uploaded certificates. They are made when they are needed, live for minutes, and are taken back.':
    'Un nodo que se une necesita el punto de acceso, un token de arranque, la CA por la que conoce el clúster y, si es del plano de control, la clave de los certificados subidos. Se crean cuando hacen falta, viven unos minutos y se retiran.',
  'Before a node goes, its pods are moved away and, if it is a control plane, its etcd member is taken out, from a control plane that stays.':
    'Antes de que un nodo se vaya, sus pods se llevan a otros y, si es del plano de control, se quita su miembro de etcd, desde un nodo del plano de control que se queda.',
  'kubeadm reset stops the static pods and deletes what kubeadm wrote, but leaves CNI configuration, addresses, routes and packet filter rules behind. The rest is removed here, so that the machine can join again.':
    'kubeadm reset detiene los pods estáticos y borra lo que escribió kubeadm, pero deja atrás la configuración CNI, direcciones, rutas y reglas del filtro de paquetes. El resto se quita aquí, para que la máquina pueda volver a unirse.',
  'After a node was reset the cluster still knows it: kubeadm reset never deletes the Node object. This removes it, and proves that no etcd member is left.':
    'Después del reset de un nodo, el clúster todavía lo conoce: kubeadm reset nunca borra el objeto Node. Esto lo quita y comprueba que no queda ningún miembro de etcd.',
}
