import type { Catalogue } from '../catalogue.ts'

/** node-drain, reset and node-delete. */
export const leaving: Catalogue = {
  'Move the pods of {node} to other nodes': 'Lleva los pods de {node} a otros nodos',
  'Cordoned, so that nothing new comes; then every pod is evicted in peace, with respect for disruption budgets.':
    'Acordonado, para que no llegue nada nuevo; después cada pod se desaloja con calma, respetando los disruption budgets.',
  'See that etcd keeps its quorum without {node}':
    'Comprueba que etcd conserva su quórum sin {node}',
  'More than half of the members must answer, or the cluster can no longer be changed.':
    'Más de la mitad de los miembros debe responder, o el clúster ya no se puede cambiar.',
  'Remove the etcd member of {node}': 'Quita el miembro de etcd de {node}',
  'A member that will not come back counts against the quorum, and keeps its successor from joining.':
    'Un miembro que no va a volver cuenta contra el quórum e impide que se una su sucesor.',
  'then the same with: member remove ID': 'después lo mismo con: member remove ID',
  'Delete the Node object of {node}': 'Borra el objeto Node de {node}',
  'kubeadm reset never deletes it, and a join under the name of a Ready node is refused.':
    'kubeadm reset nunca lo borra, y se rechaza a quien quiera unirse con el nombre de un nodo Ready.',

  'Remove the kubeconfig of {user}': 'Quita el kubeconfig de {user}',
  'It leads to a cluster that this machine leaves. One of another cluster stays.':
    'Lleva a un clúster que esta máquina deja. Uno de otro clúster se queda.',
  'if it is of this cluster': 'si es de este clúster',
  'Run kubeadm reset': 'Ejecuta kubeadm reset',
  'It stops the kubelet and the static pods, unmounts what pods had mounted, and deletes what kubeadm wrote.':
    'Detiene el kubelet y los pods estáticos, desmonta lo que los pods tenían montado y borra lo que escribió kubeadm.',
  'Delete what kubeadm reset leaves': 'Borra lo que deja kubeadm reset',
  'Files of a former cluster make the next join fail, or worse, half succeed.':
    'Los archivos de un clúster anterior hacen que la próxima unión falle o, peor, que salga bien a medias.',
  'Take the endpoint out of /etc/hosts': 'Quita el punto de acceso de /etc/hosts',
  'Only what stands between the marker lines of kubestrap goes.':
    'Solo se va lo que está entre las líneas de marca de kubestrap.',
  'Remove the pod routes': 'Quita las rutas de los pods',
  'They lead to nodes that no longer count this one as a neighbour.':
    'Llevan a nodos que ya no cuentan a este como vecino.',
  'of each other node': 'de cada uno de los otros nodos',
  'Remove the pod bridge': 'Quita el puente de los pods',
  'It keeps the address of the old pod range; the next cluster may give the node another one.':
    'Conserva la dirección del rango de pods viejo; el próximo clúster puede dar otro al nodo.',
  'Remove the packet filter chains of Kubernetes':
    'Quita las cadenas del filtro de paquetes de Kubernetes',
  'They would send packets to Services and pods that are gone.':
    'Enviarían paquetes a Services y pods que ya no están.',
  'Remove the routes of Calico': 'Quita las rutas de Calico',
  'They lead to the pods of other nodes, also after the programs that set them are gone.':
    'Llevan a los pods de otros nodos, también cuando los programas que las pusieron ya no están.',
  'each of them': 'cada una de ellas',
  'Remove the interfaces of Calico': 'Quita las interfaces de Calico',
  'An old tunnel keeps an address of the old pod network; the ends of pods’ cables are of pods that are gone.':
    'Un túnel viejo conserva una dirección de la red de pods vieja; los extremos de los cables son de pods que ya no están.',
  'Remove the nftables tables of Calico': 'Quita las tablas nftables de Calico',
  'Policies of a cluster that is gone would still stop packets.':
    'Las políticas de un clúster que ya no está seguirían deteniendo paquetes.',
  'Remove the iptables rules of Calico and kube-proxy':
    'Quita las reglas iptables de Calico y kube-proxy',
  'They are there where kube-proxy worked with iptables. Rules of others stay as they are.':
    'Están donde kube-proxy trabajaba con iptables. Las reglas de otros se quedan como están.',
  'and ip6tables': 'y ip6tables',

  'Stop the kubelet and the container runtime for good':
    'Detén para siempre el kubelet y el entorno de ejecución de contenedores',
  'With --purge their packages go.': 'Con --purge se van sus paquetes.',
  'Delete the files of the kit': 'Borra los archivos de kubestrap',
  'With --purge nothing of ours stays.': 'Con --purge no queda nada nuestro.',
  'Remove the packages': 'Quita los paquetes',
  'Asked for with --purge; without it they stay for the next join.':
    'Se pide con --purge; sin él se quedan para la próxima vez que se una.',
  'Remove the empty folders of volume plugins':
    'Quita las carpetas vacías de los complementos de volúmenes',
  'The kubelet and the controller manager look there for drivers of volumes, and make the folders. A driver that somebody has put there is not ours: then they stay.':
    'El kubelet y el controller manager buscan ahí controladores de volúmenes y crean las carpetas. Un controlador que alguien haya puesto ahí no es nuestro: entonces se quedan.',
  'Let swap start again at boot': 'Deja que la swap vuelva a activarse en el arranque',
  'With --purge the machine is as it was: what /etc/fstab lists may be used again.':
    'Con --purge la máquina queda como estaba: lo que figura en /etc/fstab se puede volver a usar.',
  'Take our configuration of zram-generator away': 'Quita nuestra configuración de zram-generator',
  'With --purge the machine is as it was: at its next boot it makes what its distribution wants.':
    'Con --purge la máquina queda como estaba: en su próximo arranque crea lo que quiere su distribución.',
  'Give packages their CNI configurations back': 'Devuelve a los paquetes sus configuraciones CNI',
  'podman needs its own for containers on a bridge.':
    'podman necesita la suya para contenedores en un puente.',
  'Close the ports of the cluster': 'Cierra los puertos del clúster',
  'They were open for a node that is none any more.':
    'Estaban abiertos para un nodo que ya no lo es.',

  'The cluster may still know {node}. On a control plane that stays, as root:':
    'Puede que el clúster todavía conozca a {node}. En un nodo del plano de control que se queda, como root:',
  'The cluster may still know {node} and its etcd member. On a control plane that stays, as root:':
    'Puede que el clúster todavía conozca a {node} y su miembro de etcd. En un nodo del plano de control que se queda, como root:',
  'or:': 'o bien:',
  'The data of the cluster is still in the external etcd; to delete it for good, there: {command...}':
    'Los datos del clúster siguen en el etcd externo; para borrarlos para siempre, allí: {command...}',
}
