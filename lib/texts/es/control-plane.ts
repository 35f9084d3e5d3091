import type { Catalogue } from '../catalogue.ts'

/** Phases control-plane-init, kube-vip and approve-certificates. */
export const controlPlane: Catalogue = {
  'Make sure that the cluster keeps its state where the file says':
    'Asegúrate de que el clúster guarda su estado donde dice el archivo',
  'Members of its own or an external etcd: a cluster cannot be moved from one to the other by a line in a file.':
    'Miembros propios o un etcd externo: un clúster no se pasa de lo uno a lo otro con una línea en un archivo.',
  'Make sure that no cluster answers at the endpoint':
    'Asegúrate de que ningún clúster responde en el punto de acceso',
  'If one does, this node must join it. Init would make a second cluster with another certificate authority.':
    'Si responde alguno, este nodo debe unirse a él. Init crearía un segundo clúster con otra autoridad de certificación.',
  'Clear the traces of an unfinished init': 'Borra las huellas de un init inacabado',
  'kubeadm init refuses to start over its own half-written files. A node that ever became a member is left alone.':
    'kubeadm init se niega a empezar sobre sus propios archivos a medio escribir. Un nodo que alguna vez llegó a ser miembro no se toca.',
  'Make sure that the external etcd can be used': 'Asegúrate de que el etcd externo se puede usar',
  'Every member must answer to the client certificate. One that holds a cluster already would give this one that other one’s objects.':
    'Cada miembro debe responder al certificado de cliente. Uno que ya contiene un clúster daría a este los objetos de aquel.',
  'Write the CA of the external etcd': 'Escribe la CA del etcd externo',
  'kubeadm names the file to the API server, which reads it when it starts: after a change of the CA restart it, one control plane after the other.':
    'kubeadm indica el archivo al servidor de la API, que lo lee cuando arranca: después de cambiar la CA, reinícialo, un nodo del plano de control tras otro.',
  'Write the client certificate for the external etcd':
    'Escribe el certificado de cliente para el etcd externo',
  'kubeadm names the file to the API server, which reads it anew at each connection.':
    'kubeadm indica el archivo al servidor de la API, que lo vuelve a leer en cada conexión.',
  'Write the key of that certificate': 'Escribe la clave de ese certificado',
  'Make the key that Secrets are encrypted with': 'Crea la clave con la que se cifran los Secrets',
  'A copy of etcd’s data, or a snapshot of it, holds every Secret of the cluster. Encrypted they are of no use without the key, which lies in a file beside.':
    'Una copia de los datos de etcd, o una instantánea, contiene todos los Secrets del clúster. Cifrados no sirven de nada sin la clave, que está en un archivo aparte.',
  'into an EncryptionConfiguration: install -m 0600 FILE {path}':
    'dentro de una EncryptionConfiguration: install -m 0600 FILE {path}',
  'Take over the key that Secrets are encrypted with':
    'Toma la clave con la que se cifran los Secrets',
  'Every API server must read what the others wrote. The key comes from a living control plane with the join credentials, and lies in no object of the cluster.':
    'Cada servidor de la API debe poder leer lo que escribieron los otros. La clave viene de un nodo vivo del plano de control junto con las credenciales para unirse, y no está en ningún objeto del clúster.',
  'copied from a living control plane': 'copiada de un nodo vivo del plano de control',
  'Run kubeadm init': 'Ejecuta kubeadm init',
  'Its configuration goes into a root-only file: tokens on a command line could be read by every user of the machine.':
    'Su configuración va en un archivo que solo lee root: los tokens en una línea de órdenes podría leerlos cualquier usuario de la máquina.',
  'Wait until this control plane is healthy':
    'Espera a que este nodo del plano de control esté sano',
  'An external etcd is not touched by a join, but one control plane after the other is easier to follow, and shows a fault at the first one.':
    'Unirse no toca un etcd externo, pero un nodo del plano de control tras otro se sigue mejor, y un fallo se ve ya en el primero.',
  'etcd takes one new member at a time, and a second join while the first is not settled can cost the quorum.':
    'etcd admite un miembro nuevo cada vez, y una segunda unión mientras la primera no se ha asentado puede costar el quórum.',
  'and the same for the endpoint': 'y lo mismo para el punto de acceso',
  'Give {user} a kubeconfig': 'Da un kubeconfig a {user}',
  'kubectl looks for ~/.kube/config. It holds the admin’s key, so only its owner may read it; one that is not ours is left alone.':
    'kubectl busca ~/.kube/config. Contiene la clave del administrador, así que solo puede leerlo su dueño; uno que no es nuestro no se toca.',
  'Remove super-admin.conf': 'Elimina super-admin.conf',
  'Its group system:masters stands above RBAC, and cannot be revoked for a year. If it is ever needed: kubeadm init phase kubeconfig super-admin.':
    'Su grupo system:masters está por encima de RBAC y no se puede revocar durante un año. Si alguna vez hace falta: kubeadm init phase kubeconfig super-admin.',
  'Keep what runs the cluster to root': 'Reserva a root lo que hace funcionar el clúster',
  'Whoever can change a static pod’s manifest, or read a key or a kubeconfig, is an administrator. The list is the CIS benchmark’s; what is stricter already stays.':
    'Quien puede cambiar el manifiesto de un pod estático, o leer una clave o un kubeconfig, es administrador. La lista es la del CIS benchmark; lo que ya es más estricto se queda así.',
  'Delete the uploaded certificates': 'Borra los certificados subidos',
  'The Secret kubeadm-certs holds the keys of the cluster, encrypted. It is only needed while a control plane joins.':
    'El Secret kubeadm-certs contiene las claves del clúster, cifradas. Solo hace falta mientras se une un nodo del plano de control.',
  'Revoke the bootstrap tokens': 'Revoca los tokens de arranque',
  'A token lets any machine that knows it join. None is left over: neither ours nor those kubeadm makes for itself.':
    'Un token permite unirse a cualquier máquina que lo conozca. No queda ninguno: ni los nuestros ni los que kubeadm crea para sí.',

  'Make sure that kube-vip carries the endpoint':
    'Asegúrate de que kube-vip sostiene el punto de acceso',
  'With a load balancer of your own there is nothing to do here.':
    'Con un balanceador de carga propio aquí no hay nada que hacer.',
  'Find the interface for the virtual IP': 'Encuentra la interfaz para la IP virtual',
  'kube-vip adds the address to one interface of the node. It may be called otherwise on each machine, so every control plane gets a manifest of its own.':
    'kube-vip añade la dirección a una interfaz del nodo. Puede llamarse distinto en cada máquina, así que cada nodo del plano de control recibe su propio manifiesto.',
  'the interface that carries {address}': 'la interfaz que lleva {address}',
  'Write the manifest of kube-vip': 'Escribe el manifiesto de kube-vip',
  'The kubelet runs every pod it finds in its manifests folder. The file comes after init or join: before, kubeadm join refuses a folder that is not empty, and the runtime would make a folder where admin.conf is to be.':
    'El kubelet ejecuta cada pod que encuentra en su carpeta de manifiestos. El archivo viene después de init o join: antes, kubeadm join rechaza una carpeta que no esté vacía, y el entorno de ejecución crearía una carpeta donde debe estar admin.conf.',
  'Wait until the API server answers at the virtual IP':
    'Espera a que el servidor de la API responda en la IP virtual',
  'From here on everybody uses this address: the next control planes and the workers join through it.':
    'Desde aquí todos usan esta dirección: los siguientes nodos del plano de control y los nodos de trabajo se unen a través de ella.',

  'Approve the serving certificate of {node}': 'Aprueba el certificado de servidor de {node}',
  'Approved is a request that the node itself made, for its own name and the address of the cluster file, to be a server, and for nothing else.':
    'Se aprueba una solicitud que hizo el propio nodo, para su propio nombre y la dirección del archivo del clúster, para ser servidor y para nada más.',
  'name and address of {node}, no others?': '¿nombre y dirección de {node}, y ningún otro?',
  'Name the requests that do not fit': 'Nombra las solicitudes que no encajan',
  'A request with a foreign name or address may be an attempt to pass for another server. It is never approved; Kubernetes forgets it after a day.':
    'Una solicitud con un nombre o una dirección ajenos puede ser un intento de hacerse pasar por otro servidor. Nunca se aprueba; Kubernetes la olvida al cabo de un día.',
}
