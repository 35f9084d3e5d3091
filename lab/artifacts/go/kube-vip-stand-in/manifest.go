package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

type settings struct {
	device, address, subnet, kubeconfig, image       string
	routerID, peers                                  string
	port, duration, renew, retry                     int
	localAS                                          uint
	controlPlane, services, arp, bgp, leaderElection bool
}

func manifestPod(words []string) error {
	var s settings
	flags := flag.NewFlagSet("manifest pod", flag.ContinueOnError)
	flags.StringVar(&s.device, "interface", "", "")
	flags.StringVar(&s.address, "address", "", "")
	flags.StringVar(&s.subnet, "vipSubnet", "", "")
	flags.StringVar(&s.kubeconfig, "k8sConfigPath", "/etc/kubernetes/admin.conf", "")
	flags.StringVar(&s.image, "image", "ghcr.io/kube-vip/kube-vip", "")
	flags.IntVar(&s.port, "port", 6443, "")
	flags.BoolVar(&s.controlPlane, "controlplane", false, "")
	flags.BoolVar(&s.services, "services", false, "")
	flags.BoolVar(&s.arp, "arp", false, "")
	flags.BoolVar(&s.leaderElection, "leaderElection", false, "")
	flags.IntVar(&s.duration, "leaseDuration", 15, "")
	flags.IntVar(&s.renew, "leaseRenewDuration", 10, "")
	flags.IntVar(&s.retry, "leaseRetry", 2, "")
	flags.BoolVar(&s.bgp, "bgp", false, "")
	flags.UintVar(&s.localAS, "localAS", 65000, "")
	flags.StringVar(&s.routerID, "bgpRouterID", "", "")
	flags.StringVar(&s.peers, "bgppeers", "", "")
	if err := flags.Parse(words); err != nil {
		return err
	}
	if s.controlPlane && s.address == "" {
		return fmt.Errorf("no address is specified for kube-vip to expose services on")
	}
	text, err := yaml.Marshal(pod(s))
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	return nil
}

func pod(s settings) *corev1.Pod {
	image := s.image
	if !strings.Contains(image[strings.LastIndex(image, "/")+1:], ":") {
		image += ":" + release
	}
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"},
		ObjectMeta: metav1.ObjectMeta{Name: "kube-vip", Namespace: "kube-system"},
		Spec: corev1.PodSpec{
			HostNetwork: true,
			HostAliases: []corev1.HostAlias{{IP: "127.0.0.1", Hostnames: []string{"kubernetes"}}},
			Containers: []corev1.Container{{
				Name:            "kube-vip",
				Image:           image,
				ImagePullPolicy: corev1.PullIfNotPresent,
				Args:            []string{"manager"},
				Env:             environment(s),
				SecurityContext: &corev1.SecurityContext{Capabilities: &corev1.Capabilities{
					Add:  []corev1.Capability{"NET_ADMIN", "NET_RAW"},
					Drop: []corev1.Capability{"ALL"},
				}},
				VolumeMounts: []corev1.VolumeMount{{Name: "kubeconfig", MountPath: "/etc/kubernetes/admin.conf"}},
			}},
			Volumes: []corev1.Volume{{
				Name:         "kubeconfig",
				VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: s.kubeconfig}},
			}},
		},
	}
}

func environment(s settings) []corev1.EnvVar {
	subnet := s.subnet
	if subnet == "" {
		subnet = "32"
		if strings.Contains(s.address, ":") {
			subnet = "128"
		}
	}
	list := []corev1.EnvVar{
		{Name: "vip_arp", Value: strconv.FormatBool(s.arp)},
		{Name: "port", Value: strconv.Itoa(s.port)},
		{Name: "vip_nodename", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
	}
	add := func(name, value string) { list = append(list, corev1.EnvVar{Name: name, Value: value}) }
	if s.device != "" {
		add("vip_interface", s.device)
	}
	add("vip_subnet", subnet)
	add("dns_mode", "first")
	add("dhcp_mode", "ipv4")
	if s.controlPlane {
		add("cp_enable", "true")
		add("cp_namespace", "kube-system")
	}
	if s.services {
		add("svc_enable", "true")
		add("svc_leasename", "plndr-svcs-lock")
	}
	if s.leaderElection {
		add("vip_leaderelection", "true")
		add("vip_leasename", "plndr-cp-lock")
		add("vip_leaseduration", strconv.Itoa(s.duration))
		add("vip_renewdeadline", strconv.Itoa(s.renew))
		add("vip_retryperiod", strconv.Itoa(s.retry))
	}
	if s.bgp {
		add("bgp_enable", "true")
		add("bgp_routerid", s.routerID)
		add("bgp_as", strconv.FormatUint(uint64(s.localAS), 10))
		add("bgp_peeraddress", "")
		add("bgp_peerpass", "")
		add("bgp_peeras", "65000")
		if s.peers != "" {
			add("bgp_peers", s.peers)
		}
	}
	add("address", s.address)
	add("prometheus_server", ":2112")
	return list
}
