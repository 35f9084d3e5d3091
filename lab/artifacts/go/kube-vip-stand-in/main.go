// kube-vip of the lab: a STAND-IN for https://github.com/kube-vip/kube-vip 1.2.3, which cannot be had
// from the package registries. It does the part of it that the kit uses, in the same way:
//
//	manifest pod FLAGS   prints a static pod for these flags (ARP and BGP, control plane)
//	manager              holds the lease plndr-cp-lock and, while it does, the address (ARP only)
//
// Flags, environment variables, lease and the address of the API server are those of the real one.
// There is no BGP, no Services, no load balancer in it. With `lab up --artifacts DIR` the real image
// takes its place.
package main

import (
	"fmt"
	"os"
)

const release = "v1.2.3"

func main() {
	words := os.Args[1:]
	var err error
	switch {
	case len(words) >= 2 && words[0] == "manifest" && words[1] == "pod":
		err = manifestPod(words[2:])
	case len(words) >= 1 && words[0] == "manager":
		err = manager()
	case len(words) >= 1 && words[0] == "version":
		fmt.Printf("Kube-VIP Release Information\nVersion:  %s\nBuild:    a stand-in of the kubestrap lab\n", release)
	default:
		err = fmt.Errorf("a stand-in of the lab: manifest pod FLAGS, manager, or version")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kube-vip (stand-in):", err)
		os.Exit(1)
	}
}
