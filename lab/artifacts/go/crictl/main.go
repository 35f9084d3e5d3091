// crictl of the lab: a stand-in for https://github.com/kubernetes-sigs/cri-tools, which cannot be
// had from the registries. It speaks the real Container Runtime Interface and knows what the kit
// and a curious student ask most: version, info, images, ps, pods. Output as crictl 1.36 prints it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func main() {
	endpoint := flag.String("runtime-endpoint", "unix:///run/containerd/containerd.sock", "socket of the runtime")
	timeout := flag.Duration("timeout", 2*time.Second, "how long to wait for an answer")
	flag.Parse()
	if flag.NArg() == 0 {
		fail(fmt.Errorf("a stand-in of the lab: version, info, images, ps or pods"))
	}
	connection, err := grpc.NewClient(*endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fail(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	if err := answer(ctx, connection, flag.Arg(0), flag.Args()[1:]); err != nil {
		fail(err)
	}
}

func answer(ctx context.Context, connection *grpc.ClientConn, verb string, words []string) error {
	runtime := cri.NewRuntimeServiceClient(connection)
	flags := flag.NewFlagSet(verb, flag.ExitOnError)
	output := flags.String("output", "", "json")
	flags.StringVar(output, "o", "", "json")
	all := flags.Bool("a", false, "ended ones as well")
	if err := flags.Parse(words); err != nil {
		return err
	}
	switch verb {
	case "version":
		got, err := runtime.Version(ctx, &cri.VersionRequest{})
		if err != nil {
			return err
		}
		fmt.Printf("Version:  %s\nRuntimeName:  %s\nRuntimeVersion:  %s\nRuntimeApiVersion:  %s\n",
			got.Version, got.RuntimeName, got.RuntimeVersion, got.RuntimeApiVersion)
		return nil
	case "info":
		got, err := runtime.Status(ctx, &cri.StatusRequest{})
		return printed(got, err)
	case "images":
		return images(ctx, cri.NewImageServiceClient(connection), *output)
	case "ps":
		return containers(ctx, runtime, *all)
	case "pods":
		return pods(ctx, runtime)
	}
	return fmt.Errorf("a stand-in of the lab, without %q", verb)
}

func images(ctx context.Context, client cri.ImageServiceClient, output string) error {
	got, err := client.ListImages(ctx, &cri.ListImagesRequest{})
	if err != nil || output == "json" {
		return printed(got, err)
	}
	for _, image := range got.Images {
		for _, tag := range image.RepoTags {
			fmt.Printf("%s  %s\n", tag, image.Id)
		}
	}
	return nil
}

func containers(ctx context.Context, client cri.RuntimeServiceClient, all bool) error {
	filter := &cri.ContainerFilter{State: &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}}
	if all {
		filter = nil
	}
	got, err := client.ListContainers(ctx, &cri.ListContainersRequest{Filter: filter})
	if err != nil {
		return err
	}
	for _, one := range got.Containers {
		fmt.Printf("%.13s  %s  %s  attempt %d\n", one.Id, one.State, one.Metadata.Name, one.Metadata.Attempt)
	}
	return nil
}

func pods(ctx context.Context, client cri.RuntimeServiceClient) error {
	got, err := client.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return err
	}
	for _, one := range got.Items {
		fmt.Printf("%.13s  %s  %s/%s\n", one.Id, one.State, one.Metadata.Namespace, one.Metadata.Name)
	}
	return nil
}

func printed(value proto.Message, err error) error {
	if err != nil {
		return err
	}
	text, err := protojson.MarshalOptions{EmitUnpopulated: true, Indent: "  "}.Marshal(value)
	fmt.Println(string(text))
	return err
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "crictl:", err)
	os.Exit(1)
}
