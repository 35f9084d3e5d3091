import type { Catalogue } from '../catalogue.ts'

/** Phase prerequisites: the machine itself. */
export const machine: Catalogue = {
  'Set the host name to {node}': 'Pon {node} como nombre de la máquina',
  'kubeadm and the kubelet name the node after it, and a clone that kept its template’s name would take another node’s place.':
    'kubeadm y el kubelet llaman así al nodo, y un clon que conservara el nombre de su plantilla ocuparía el lugar de otro nodo.',
  'Write {host} into /etc/hosts': 'Escribe {host} en /etc/hosts',
  'Every node must reach the endpoint by its name, and endpoint.hostsEntry says that no DNS server knows it.':
    'Cada nodo debe llegar al punto de acceso por su nombre, y endpoint.hostsEntry dice que ningún servidor DNS lo conoce.',
  'Take a forgotten virtual IP off this machine': 'Quita de esta máquina una IP virtual olvidada',
  'A kube-vip that was killed leaves it behind, and two machines with one address confuse the whole network.':
    'Un kube-vip al que se mató la deja atrás, y dos máquinas con la misma dirección confunden a toda la red.',

  'Take swap out of /etc/fstab': 'Quita la swap de /etc/fstab',
  'The kubelet refuses to start while swap is on: memory limits of pods would not mean anything. At boot systemd makes a unit from each of these lines.':
    'El kubelet se niega a arrancar con la swap activa: los límites de memoria de los pods no significarían nada. En el arranque, systemd hace una unidad de cada una de estas líneas.',
  'Switch zram-generator off': 'Desactiva zram-generator',
  'The kubelet refuses to start while swap is on: memory limits of pods would not mean anything. Where zram-generator is installed it makes swap in compressed memory at every boot; an empty configuration makes none.':
    'El kubelet se niega a arrancar con la swap activa: los límites de memoria de los pods no significarían nada. Donde zram-generator está instalado, crea swap en memoria comprimida en cada arranque; con una configuración vacía no crea ninguna.',
  'Mask swap.target and every swap unit': 'Enmascara swap.target y todas las unidades de swap',
  'The kubelet refuses to start while swap is on: memory limits of pods would not mean anything. A masked unit cannot be started, also not by what depends on it: not by an own unit file, and not by a generator such as the one that looks for swap partitions (man systemd-gpt-auto-generator).':
    'El kubelet se niega a arrancar con la swap activa: los límites de memoria de los pods no significarían nada. Una unidad enmascarada no se puede arrancar, tampoco por lo que depende de ella: ni por un archivo de unidad propio ni por un generador como el que busca particiones de swap (man systemd-gpt-auto-generator).',
  'Switch swap off': 'Desactiva la swap',
  'The kubelet refuses to start while swap is on: memory limits of pods would not mean anything.':
    'El kubelet se niega a arrancar con la swap activa: los límites de memoria de los pods no significarían nada.',

  'Write {path}': 'Escribe {path}',
  'systemd loads these kernel modules at every boot.':
    'systemd carga estos módulos del núcleo en cada arranque.',
  'Load the kernel modules overlay and br_netfilter':
    'Carga los módulos del núcleo overlay y br_netfilter',
  'overlay holds the layers of container images; br_netfilter lets the packet filter see what crosses the pod bridge, which Services need. On Enterprise Linux 10 it is in a package of its own, which cloud images lack.':
    'overlay contiene las capas de las imágenes de contenedor; br_netfilter permite que el filtro de paquetes vea lo que cruza el puente de los pods, y eso lo necesitan los Services. En Enterprise Linux 10 está en un paquete propio, que falta en las imágenes para la nube.',
  'A node forwards packets between its pods and the network, and bridged packets pass the packet filter.':
    'Un nodo reenvía paquetes entre sus pods y la red, y los paquetes del puente pasan por el filtro de paquetes.',
  'Apply the kernel settings': 'Aplica los ajustes del núcleo',
  'What counts is what the running kernel does; the file alone is for the next boot.':
    'Cuenta lo que hace el núcleo en marcha; el archivo por sí solo vale para el próximo arranque.',
  'NetworkManager takes care of every interface it sees. It would ask for addresses on the ends of pods’ cables and take away routes that the pod network has set.':
    'NetworkManager se ocupa de cada interfaz que ve. Pediría direcciones en los extremos de los cables de los pods y quitaría rutas que ha puesto la red de pods.',
  'Let NetworkManager read it': 'Haz que NetworkManager lo lea',
  'It reads its configuration when it starts or is told to. A reload does not touch the interfaces that it keeps.':
    'Lee su configuración cuando arranca o cuando se le pide. Una recarga no toca las interfaces que gestiona.',
  'this machine has no NetworkManager': 'esta máquina no tiene NetworkManager',
  'NetworkManager does not run': 'NetworkManager no está en marcha',
  'after a moment: unmanaged; if not: systemctl restart NetworkManager.service':
    'al cabo de un momento: unmanaged; si no: systemctl restart NetworkManager.service',

  'Set SELinux to permissive for the next boot':
    'Pon SELinux en modo permissive para el próximo arranque',
  'kubeadm’s guide for this distribution asks for it: SELinux then logs what it would forbid, and a volume without the right label does not stop a pod.':
    'Lo pide la guía de kubeadm para esta distribución: SELinux anota entonces lo que prohibiría, y un volumen sin la etiqueta correcta no detiene a un pod.',
  'Set SELinux to permissive now': 'Pon SELinux en modo permissive ahora',
  'Set SELinux to enforcing for the next boot':
    'Pon SELinux en modo enforcing para el próximo arranque',
  'A container that breaks out still may not do more than the policy allows. The rules for containers come from the package container-selinux.':
    'Un contenedor que se escapa sigue sin poder hacer más de lo que permite la política. Las reglas para contenedores vienen del paquete container-selinux.',
  'Set SELinux to enforcing now': 'Pon SELinux en modo enforcing ahora',
  'The file is read at boot only; this holds for the running kernel.':
    'El archivo solo se lee en el arranque; esto vale para el núcleo en marcha.',
  'this machine has no SELinux': 'esta máquina no tiene SELinux',
  'SELinux does not run here': 'SELinux no está en marcha aquí',
  'it is disabled, and so forbids nothing either': 'está desactivado, así que tampoco prohíbe nada',

  'Keep the clock right with chronyd': 'Mantén el reloj en hora con chronyd',
  'Certificates are not valid before their time and tokens end: a node whose clock is minutes off cannot join, and etcd warns at a second. The servers are those of /etc/chrony.conf.':
    'Los certificados no valen antes de su hora y los tokens caducan: un nodo cuyo reloj se desvía unos minutos no puede unirse, y etcd avisa con un solo segundo. Los servidores son los de /etc/chrony.conf.',

  'Switch firewalld off': 'Desactiva firewalld',
  'It would reject what nodes and pods say to each other. Simple, and open: whoever reaches the machine reaches all of it. `firewall: managed` opens only the ports that are needed.':
    'Rechazaría lo que los nodos y los pods se dicen entre sí. Es sencillo, y queda abierto: quien llega a la máquina llega a toda ella. `firewall: managed` abre solo los puertos que hacen falta.',
  'Leave the firewall as it is': 'Deja el cortafuegos como está',
  'The cluster file says `firewall: unmanaged`: its rules are yours. This node answers on {anybody...} for everybody and on {nodes...} for the other nodes; {networks...} and {last} must pass.':
    'El archivo del clúster dice `firewall: unmanaged`: las reglas son cosa tuya. Este nodo responde en {anybody...} para todos y en {nodes...} para los otros nodos; {networks...} y {last} deben poder pasar.',
  'Look whether firewalld’s settings suit Kubernetes':
    'Mira si los ajustes de firewalld le van bien a Kubernetes',
  'kube-proxy forwards packets that firewalld did not ask for, and its rules must survive a reload of firewalld. Nothing is changed here: who set this had a reason.':
    'kube-proxy reenvía paquetes que firewalld no pidió, y sus reglas deben sobrevivir a una recarga de firewalld. Aquí no se cambia nada: quien lo ajustó tendría un motivo.',
  'The addresses of all nodes: what only nodes may reach is opened for this set. A node that is added is added here on every other node.':
    'Las direcciones de todos los nodos: lo que solo pueden alcanzar los nodos se abre para este conjunto. Un nodo nuevo se añade aquí en cada uno de los otros.',
  'A policy holds in every zone, so it does not matter which one the network interface is in, and what you opened yourself stays. The file opens what this node has to answer, each port with its reason.':
    'Una policy vale en todas las zonas, así que no importa en cuál esté la interfaz de red, y lo que abriste tú se queda. El archivo abre aquello a lo que este nodo debe responder, cada puerto con su motivo.',
  'Trust the networks of pods and Services': 'Confía en las redes de pods y Services',
  'Packets between pods carry the pods’ own addresses. The trusted zone accepts them, on the node and through it; what pods may say to each other is a matter of NetworkPolicies.':
    'Los paquetes entre pods llevan las direcciones de los propios pods. La zona trusted los acepta, en el nodo y a través de él; lo que los pods pueden decirse es asunto de las NetworkPolicies.',
  'Start firewalld': 'Arranca firewalld',
  'It lets in ssh by itself, and from now on nothing else but what the files above open.':
    'Por sí mismo deja entrar ssh y, desde ahora, nada más que lo que abren los archivos de arriba.',
  'Load the rules into the running firewall': 'Carga las reglas en el cortafuegos en marcha',
  'Files count at the next start; what counts now is what firewalld holds. A reload leaves open connections and kube-proxy’s own tables alone.':
    'Los archivos cuentan en el próximo arranque; ahora cuenta lo que firewalld tiene cargado. Una recarga no toca las conexiones abiertas ni las tablas de kube-proxy.',
}
