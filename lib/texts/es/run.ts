import type { Catalogue } from '../catalogue.ts'

/** What `up` and `reset` say and ask themselves, and the table at the end. */
export const run: Catalogue = {
  warning: 'aviso',
  y: 's',
  yes: 'sí',
  'Do this?': '¿Hacerlo?',
  'Nothing was done. (In scripts: --yes)': 'No se hizo nada. (En scripts: --yes)',
  'Host keys seen for the first time:': 'Claves de host vistas por primera vez:',
  'Are these the machines you mean?': '¿Son estas las máquinas que quieres?',
  'This takes {nodes...} out of the cluster {name...}.':
    'Esto saca {nodes...} del clúster {name...}.',
  'Type the cluster’s name to go on': 'Escribe el nombre del clúster para seguir',
  reset: 'reiniciado',

  '{name} is cordoned and takes no new pods: by a person, or by a reset that did not end. If it shall: kubectl uncordon {again}':
    '{name} está acordonado y no acepta pods nuevos: por una persona, o por un reset que no terminó. Si debe aceptarlos: kubectl uncordon {again}',
  '{name} is in the cluster but not in the file; it is left alone (to remove it, name it in the file, then: kubestrap reset {again})':
    '{name} está en el clúster pero no en el archivo; se deja en paz (para quitarlo, nómbralo en el archivo y después: kubestrap reset {again})',
  'looking at {nodes...}': 'mirando {nodes...}',
  '{unit} still runs from an earlier start; reading along':
    '{unit} sigue en marcha desde antes; se lee lo que dice',
  'it failed: {error...}': 'falló: {error...}',
  'asking {node} for the newest Kubernetes {version}':
    'preguntando a {node} por el Kubernetes {version} más nuevo',
  'Kubernetes {version} for all nodes': 'Kubernetes {version} para todos los nodos',
  '{who...} ended without a word, since {time}: going on from here':
    '{who...} acabó sin decir nada, desde {time}: se sigue desde aquí',
  'nothing more is begun; joins end, a minute at most, and their credentials are taken back (again: leave at once)':
    'no se empieza nada más; se espera como mucho un minuto a los que se están uniendo y se retiran sus credenciales (otra vez: salir ya)',
  '{who...} is in the middle of its join': '{who...} se está uniendo',
  'stopped by {signal}; {tasks...} done or skipped.':
    'parado por {signal}; {tasks...} hechas u omitidas.',
  '{phase} goes on on {node} (there: systemctl status {unit})':
    '{phase} sigue en {node} (allí: systemctl status {unit})',
  'Nothing goes on on any node.': 'Nada sigue en ningún nodo.',
  'The same command finds what is done, reads along with what goes on, and does the rest.':
    'La misma orden encuentra lo hecho, lee lo que sigue en marcha y hace el resto.',
  'Logs: {folder...}': 'Registros: {folder...}',
  'skipped: {task}, because {other} is not done': 'omitida: {task}, porque {other} no está hecha',
  'join credentials could not be taken back in {seconds} s; tokens end in 15 minutes, uploaded certificates in two hours':
    'no se pudieron retirar las credenciales para unirse en {seconds} s; los tokens caducan en 15 minutos, los certificados subidos en dos horas',
  'nothing more is begun (again: leave at once)': 'no se empieza nada más (otra vez: salir ya)',
  '{number} failure': '{number} fallo',
  '{number} failures': '{number} fallos',
  '{number} task': '{number} tarea',
  '{number} tasks': '{number} tareas',
  'Nothing that was done is lost: run the same command again, it goes on from here.':
    'Nada de lo hecho se pierde: ejecuta la misma orden otra vez, sigue desde aquí.',
  'Try next: stop {node} and watch: kubestrap status':
    'Prueba ahora: apaga {node} y mira: kubestrap status',
  'Try next: kubestrap status': 'Prueba ahora: kubestrap status',
  report: 'informe',
  transcript: 'transcripción',

  node: 'nodo',
  began: 'empezó',
  took: 'duró',
  outcome: 'resultado',
  skipped: 'omitida',
  stopped: 'parada',
  'What decided the time ({length}), one after the other:':
    'Lo que decidió el tiempo ({length}), una cosa tras otra:',

  // what is wrong with a cluster file, but works
  'no node takes ordinary pods: add a worker, or set schedulable: true on a control plane':
    'ningún nodo acepta pods corrientes: añade un nodo de trabajo, o pon schedulable: true en uno del plano de control',
  'podNetwork none without manifests: nodes stay NotReady until you bring a pod network':
    'podNetwork none sin manifiestos: los nodos quedan NotReady hasta que traigas una red de pods',
  'firewall managed opens no ports for a pod network of your own: open what it needs between the nodes (an overlay often 4789/udp or 8472/udp)':
    'firewall managed no abre puertos para una red de pods tuya: abre los que necesite entre los nodos (una superpuesta suele usar 4789/udp o 8472/udp)',
  'sources.crio names no fingerprint: the key its https server gives first is trusted on each node':
    'sources.crio no da ninguna huella: en cada nodo se confía en la primera clave que dé su servidor https',
  'proxy.noProxy names no network with all nodes: the API server would ask the proxy for the kubelets of nodes that are added later (logs, exec)':
    'proxy.noProxy no nombra una red con todos los nodos: el servidor de la API pediría al proxy los kubelets de los nodos que se añadan después (logs, exec)',
  '{number} control planes survive the loss of {loss}, as {fewer} do: take {less} or {more}':
    '{number} nodos del plano de control sobreviven a la pérdida de {loss}, igual que {fewer}: toma {less} o {more}',
  'etcd.external: the client certificate was not signed by the given CA; etcd must trust another one':
    'etcd.external: la CA dada no firmó el certificado de cliente; etcd tendrá que confiar en otra',
  'endpoint.name is recommended: a cluster that is begun with the bare address {address} keeps it in every certificate and kubeconfig (no DNS server? endpoint.hostsEntry: true)':
    'se recomienda endpoint.name: un clúster que empieza con la sola dirección {address} la conserva en cada certificado y kubeconfig (¿sin servidor DNS? endpoint.hostsEntry: true)',
  'selinux: enforcing goes with runtime: cri-o. containerd gives etcd and the API server a label, too, and the policy keeps it out of /etc/kubernetes and /var/lib/etcd: the cluster would not begin':
    'selinux: enforcing va con runtime: cri-o. containerd también pone etiqueta a etcd y al servidor de la API, y la política los deja fuera de /etc/kubernetes y /var/lib/etcd: el clúster no empezaría',
  'The data of the cluster is still in the external etcd; to delete it for good, there: {command...}':
    'Los datos del clúster siguen en el etcd externo; para borrarlos del todo, allí: {command...}',
}
