import type { Symptom } from './page.ts'

export const etcd: Symptom = {
  title: 'etcd',
  about:
    'etcd holds everything that the cluster knows, on each control plane. More than half of its members must be up: of three one may fail. `kubestrap status` lists them. Never roll back a single control plane to a snapshot: all of them to the same set, or none.',
  errors: {
    'KS-QUORUM': {
      says: 'etcd would lose its quorum without <NODE>',
      means:
        'Taking this member out would leave less than half answering, and the cluster would stand still.',
      todo: 'Bring the other control planes back first: `kubestrap status`.',
      unchanged: 'No member was removed.',
    },
    'KS-MEMBER-REMOVED': {
      says: 'the etcd member of <NODE> was taken out of the cluster, but its data is still there',
      means:
        'A `reset` was interrupted between its two halves, a machine came back after `reset --gone`, or somebody ran `etcdctl member remove`. etcd never takes such a member back: the control plane cannot come up again with what it holds.',
      todo: '`kubestrap reset NODE` ends what was begun; after it `up` joins the node anew.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-ETCD-KIND': {
      says: 'the cluster file wants <an external etcd>, but the API server of <NODE> uses <its own>',
      means: 'A cluster is not moved from one etcd to another by a line in a file.',
      todo: 'Put `etcd.external` back as it was when the cluster was begun.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-ETCD-CLIENT': {
      says: 'the files of etcd.external cannot be used',
      means:
        'A file is missing, is no PEM, the key does not fit the certificate, the certificate has expired or was not signed by the CA. All at once, in the lines.',
      todo: 'Correct them; paths are relative to the cluster file. `openssl x509 -in client.crt -noout -subject -dates`.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-ETCD-EXTERNAL': {
      says: 'the external etcd cannot be used from every control plane',
      means:
        'A control plane does not reach an endpoint, or one of the two does not trust the other.',
      todo: 'On that node: `curl --cacert CA --cert CERT --key KEY https://ETCD:2379/health`.',
      unchanged: 'Nothing, on no node.',
    },
    'KS-ETCD-NOT-EMPTY': {
      says: 'the external etcd already holds a cluster: <N> keys below </registry/>',
      means: 'A new cluster would take over the objects of an old one.',
      todo: 'Only if that cluster is gone for good: the message has the command that deletes its data. Else another etcd, or another prefix.',
      unchanged: 'Nothing, on no node.',
    },
  },
  messages: [
    {
      from: 'etcd or kubeadm',
      says: 'etcdserver: too many learner members in cluster',
      means: 'etcd takes one new member at a time, and one that never finished is still there.',
      todo: 'kubestrap joins one after the other and removes its own unfinished member first: run `up` again. By hand: `etcdctl member list`, `etcdctl member remove ID` of the one that is no voter and does not answer.',
    },
    {
      from: 'etcd or kubeadm',
      says: 'etcdserver: can only promote a learner member which is in sync with leader',
      means:
        'Normal for some seconds: the new member still copies. If it stays the disk or the network is too slow.',
      todo: 'Wait; then look at "slow fdatasync" below.',
    },
    {
      from: 'etcd or kubeadm',
      says: 'etcdserver: re-configuration failed due to not enough started members',
      means:
        'Members are listed that do not run; between the first and the second control plane both must be up.',
      todo: 'Start them, or take dead ones out: `kubestrap reset NODE`.',
    },
    {
      from: 'etcd',
      says: 'has already been bootstrapped',
      means:
        'A machine came back with an empty disk under the name of a member that is still listed.',
      todo: '`kubestrap reset NODE`, then `up`: the old member is removed first.',
    },
    {
      from: 'etcd',
      says: 'slow fdatasync',
      means: 'The disk takes too long to write. Elections and timeouts follow.',
      todo: 'On Proxmox put the disks of control planes on an SSD, with `iothread=1`; do not take snapshots while it works.',
    },
    {
      from: 'etcd',
      says: 'apply request took too long',
      means: 'The same, or too little CPU.',
      todo: 'As above; control planes with 2 CPUs or more.',
    },
    {
      from: 'API server or etcd',
      says: 'etcdserver: request timed out',
      means: 'No leader: less than half of the members reach each other.',
      todo: '`kubestrap status`; bring the others back.',
    },
    {
      from: 'API server or etcd',
      says: 'etcdserver: mvcc: database space exceeded',
      means: 'The database has reached its quota of 2 GiB and is read-only.',
      todo: 'Compact, defragment, then `etcdctl alarm disarm`: https://etcd.io/docs/v3.6/op-guide/maintenance/#space-quota',
    },
  ],
}
