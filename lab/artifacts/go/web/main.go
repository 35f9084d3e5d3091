// The lab's test program. As a server it answers with the name of its pod, so that a test can tell
// which pod it reached; as a client it asks one, or resolves a name.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 2 && args[0] == "get":
		get(args[1])
	case len(args) == 2 && args[0] == "resolve":
		resolve(args[1])
	default:
		serve()
	}
}

func serve() {
	name, _ := os.Hostname()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s saw %s\n", name, r.RemoteAddr)
	})
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-stop.Done()
		server.Close()
	}()
	fmt.Println(name, "listens on :8080")
	fmt.Println(server.ListenAndServe())
}

func get(url string) {
	client := &http.Client{Timeout: 4 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 64*1024))
	fmt.Printf("%d %s", answer.StatusCode, body)
}

func resolve(name string) {
	limit, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(limit, name)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	for _, address := range addresses {
		fmt.Println(address)
	}
}
