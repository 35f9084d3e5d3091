import type { Catalogue } from '../catalogue.ts'

/** Phase prerequisites: repositories, packages, container runtime, files of the API server. */
export const packages: Catalogue = {
  'Update the system, once before it joins': 'Actualiza el sistema, una vez antes de que se una',
  'A fresh image may be months old. This is done once ({mark} says when) and never on a member: an update restarts services under running pods, so members are drained first, by a person. A new kernel counts from the next restart. What has a version in the cluster is left out.':
    'Una imagen recién instalada puede tener meses. Esto se hace una vez ({mark} dice cuándo) y nunca en un miembro: una actualización reinicia servicios con pods en marcha, así que antes una persona vacía el nodo. Un núcleo nuevo cuenta desde el próximo reinicio. Lo que tiene una versión en el clúster se deja fuera.',
  'this control plane runs from them': 'este nodo del plano de control funciona con ellas',
  'a member of a cluster is not updated': 'un miembro de un clúster no se actualiza',
  'Fetch the {source} signing key and compare its fingerprint':
    'Trae la clave de firma de {source} y compara su huella',
  'A package is only as trustworthy as the key that signed it. The fingerprint comes from the cluster file, not from the place that the packages come from.':
    'Un paquete es tan fiable como la clave que lo firmó. La huella viene del archivo del clúster, no del sitio del que vienen los paquetes.',
  'must say {fingerprint}': 'debe decir {fingerprint}',
  'Have rpm hold the {source} signing key as it is now':
    'Haz que rpm tenga la clave de firma de {source} tal como es ahora',
  'rpm keeps copies of keys. An extended key has the same fingerprint and another end: the old copy has to go before the new one is taken.':
    'rpm guarda copias de las claves. Una clave prorrogada tiene la misma huella y otro final: la copia vieja tiene que irse antes de tomar la nueva.',
  'if rpm -q gpg-pubkey lists an old copy': 'si rpm -q gpg-pubkey muestra una copia vieja',
  'Add the {source} repository': 'Añade el repositorio de {source}',
  'dnf installs {source} from here, in signed packages only. exclude= keeps a system update from moving their versions.':
    'De aquí instala dnf {source}, solo en paquetes firmados. exclude= impide que una actualización del sistema cambie sus versiones.',
  'Install the container runtime, kubelet and kubeadm':
    'Instala el entorno de ejecución de contenedores, el kubelet y kubeadm',
  'One dnf transaction, in exact versions: every node runs the same, today and when one is added in a year.':
    'Una sola transacción de dnf, en versiones exactas: todos los nodos ejecutan lo mismo, hoy y cuando se añada uno dentro de un año.',
  'Set foreign CNI configurations aside': 'Aparta las configuraciones CNI ajenas',
  'podman and the runtimes may bring a network of their own. The kubelet would call the node Ready with it, and the first pods would get addresses that no other node reaches.':
    'podman y los entornos de ejecución pueden traer una red propia. Con ella el kubelet daría el nodo por Ready, y los primeros pods recibirían direcciones a las que ningún otro nodo llega.',
  'The kubelet talks to containerd through its CRI interface, and both must leave the cgroup tree to systemd.':
    'El kubelet habla con containerd por su interfaz CRI, y los dos deben dejar el árbol de cgroups a systemd.',
  'CRI-O and kubelet must leave the cgroup tree to systemd, and CRI-O must never make a folder where kubeadm will write a file.':
    'CRI-O y el kubelet deben dejar el árbol de cgroups a systemd, y CRI-O nunca debe crear una carpeta donde kubeadm escribirá un archivo.',
  'Images of {registry} come from the mirror {mirror} first.':
    'Las imágenes de {registry} vienen primero de la réplica {mirror}.',
  'Images come from these mirrors first.': 'Las imágenes vienen primero de estas réplicas.',
  'podman, which makes the manifest of kube-vip, asks these mirrors first.':
    'podman, que hace el manifiesto de kube-vip, pregunta primero a estas réplicas.',
  'Tell {unit} of no proxy': 'No des ningún proxy a {unit}',
  'The cluster file names none. What an earlier one named is taken back.':
    'El archivo del clúster no nombra ninguno. El que nombró uno anterior se retira.',
  'Tell {unit} of the proxy': 'Da el proxy a {unit}',
  '{runtime} pulls images; behind a proxy it has to know it.':
    '{runtime} descarga imágenes; detrás de un proxy tiene que conocerlo.',
  'The kubelet asks cloud registries for credentials itself. Everything it says to the API server goes past the proxy.':
    'El propio kubelet pide credenciales a los registros de la nube. Todo lo que dice al servidor de la API va sin pasar por el proxy.',
  'Start {runtime} with its configuration': 'Arranca {runtime} con su configuración',
  'The kubelet starts every container through it.':
    'A través de él arranca el kubelet cada contenedor.',
  'Wait until the container runtime answers':
    'Espera a que el entorno de ejecución de contenedores responda',
  'Its socket appears some time after systemd calls the service active; kubeadm would stop at once.':
    'Su socket aparece un poco después de que systemd dé el servicio por activo; kubeadm se detendría al instante.',
  'Have a running kubelet take up its proxy settings':
    'Haz que un kubelet en marcha tome los ajustes de su proxy',
  'A service keeps the environment that it was started with. Containers go on running while the kubelet starts anew.':
    'Un servicio conserva el entorno con el que arrancó. Los contenedores siguen en marcha mientras el kubelet vuelve a arrancar.',
  'Let the kubelet start at boot': 'Haz que el kubelet arranque con la máquina',
  'kubeadm starts it, but after a reboot systemd has to. Until the node has joined it starts again and again; that is normal.':
    'Lo arranca kubeadm, pero después de un reinicio tiene que hacerlo systemd. Hasta que el nodo se ha unido, arranca una y otra vez; es normal.',
  'the lock of rpm is free': 'el bloqueo de rpm está libre',
  'somebody else holds the lock of rpm': 'otro tiene el bloqueo de rpm',
  'Complete kubectl’s words in the shell': 'Completa las palabras de kubectl en el shell',
  'kubectl prints its own completion, so it fits the version that is installed. https://kubernetes.io/docs/reference/kubectl/generated/kubectl_completion/':
    'kubectl imprime su propio autocompletado, así que encaja con la versión instalada. https://kubernetes.io/docs/reference/kubectl/generated/kubectl_completion/',
  'Write what the API server thinks of pods':
    'Escribe lo que el servidor de la API opina de los pods',
  'Pod Security admission warns whoever makes a pod that could take over its node. It forbids nothing until a namespace is labelled so.':
    'La admisión Pod Security avisa a quien crea un pod que podría apoderarse de su nodo. No prohíbe nada hasta que un namespace lleva la etiqueta correspondiente.',
  'Write the audit policy': 'Escribe la política de auditoría',
  'Without a policy the API server notes nothing, and nobody can tell afterwards who did what. Bodies are never noted: they hold Secrets.':
    'Sin una política el servidor de la API no anota nada, y después nadie puede decir quién hizo qué. Los cuerpos nunca se anotan: contienen Secrets.',
  'Make the folder of the audit log': 'Crea la carpeta del registro de auditoría',
  'What users of the cluster do is for its administrators alone. The API server rotates its log by itself.':
    'Lo que hacen los usuarios del clúster es solo para sus administradores. El servidor de la API rota su registro por sí mismo.',
  'Pull the images of a control plane, {version}':
    'Descarga las imágenes de un nodo del plano de control, {version}',
  'All nodes pull at the same time now; later, in init and join, each would keep the others waiting.':
    'Ahora descargan todos los nodos a la vez; más tarde, en init y join, cada uno haría esperar a los otros.',
}
