package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

const kubeconfig = "/etc/kubernetes/admin.conf"

// manager holds the lease for as long as it can; the address is on the interface only meanwhile.
func manager() error {
	if os.Getenv("vip_arp") != "true" || os.Getenv("vip_leaderelection") != "true" {
		return fmt.Errorf("a stand-in of the lab: only ARP with leader election")
	}
	vip, err := newVirtualIP(os.Getenv("vip_interface"), os.Getenv("address"), os.Getenv("vip_subnet"))
	if err != nil {
		return err
	}
	// A predecessor that was killed has left it.
	vip.remove()
	client, err := apiServer(os.Getenv("port"))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock:            lock(client),
		ReleaseOnCancel: true,
		LeaseDuration:   seconds("vip_leaseduration"),
		RenewDeadline:   seconds("vip_renewdeadline"),
		RetryPeriod:     seconds("vip_retryperiod"),
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(leading context.Context) { vip.hold(leading) },
			OnStoppedLeading: func() { vip.remove(); slog.Info("gave the address up") },
			OnNewLeader:      func(who string) { slog.Info("leader", "node", who) },
		},
	})
	// Not asked to end, but the lease is lost: the kubelet starts it again, as it does the real one.
	if ctx.Err() == nil {
		return fmt.Errorf("lost the lease")
	}
	return nil
}

// apiServer is the one of this node, by the name that every API server's certificate holds; the pod's
// hostAliases lead it to 127.0.0.1. By the virtual IP it could never bring the virtual IP up.
func apiServer(port string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("https://kubernetes:"+port, kubeconfig)
	if err != nil {
		return nil, err
	}
	config.Timeout = seconds("vip_renewdeadline")
	return kubernetes.NewForConfig(config)
}

func lock(client *kubernetes.Clientset) *resourcelock.LeaseLock {
	return &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Name: os.Getenv("vip_leasename"), Namespace: os.Getenv("cp_namespace")},
		Client:     client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: os.Getenv("vip_nodename")},
	}
}

func seconds(name string) time.Duration {
	number, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		return 0
	}
	return time.Duration(number) * time.Second
}
