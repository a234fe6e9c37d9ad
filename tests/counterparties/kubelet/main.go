// A kubelet without containers: it answers exec alone, by running the command right here. The
// streams are served by the kubelet's own code, so that a real kubectl can open a session through
// a real API server.
//
// Only the API server may ask: a client certificate of the cluster's authority is needed.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"io"
	"io/ioutil"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"k8s.io/apimachinery/pkg/types"
	rc "k8s.io/apimachinery/pkg/util/remotecommand"
	"k8s.io/client-go/tools/remotecommand"
	streams "k8s.io/kubernetes/pkg/kubelet/cri/streaming/remotecommand"
)

// local runs commands on this machine.
type local struct{}

func (local) ExecInContainer(_ string, _ types.UID, _ string, words []string, in io.Reader,
	out, err io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	command := exec.Command(words[0], words[1:]...)
	command.Stdout, command.Stderr = out, err
	stdin, failed := command.StdinPipe()
	if failed != nil {
		return failed
	}
	if failed := command.Start(); failed != nil {
		return failed
	}
	// The session is over when its input is, as with a person who hangs up.
	if in != nil {
		io.Copy(stdin, in)
	}
	stdin.Close()
	return command.Wait()
}

func serve(answer http.ResponseWriter, request *http.Request) {
	words := request.URL.Query()["command"]
	options, err := streams.NewOptions(request)
	if err != nil || len(words) == 0 {
		http.Error(answer, "a command and a stream are needed", http.StatusBadRequest)
		return
	}
	streams.ServeExec(answer, request, local{}, "", "", "", words, options,
		time.Hour, 30*time.Second, rc.SupportedStreamingProtocols)
}

func main() {
	cert := flag.String("tls-cert-file", "", "own certificate")
	key := flag.String("tls-private-key-file", "", "its key")
	ca := flag.String("client-ca-file", "", "authority of whoever may ask")
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	flag.Parse()
	pem, err := ioutil.ReadFile(*ca)
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		log.Fatalf("no certificate in %s", *ca)
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	log.New(os.Stdout, "", 0).Printf("kubelet listens at %s", listener.Addr())
	routes := http.NewServeMux()
	routes.HandleFunc("/exec/", serve)
	server := &http.Server{
		Handler:   routes,
		TLSConfig: &tls.Config{ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert},
		// An upgrade to streams is a matter of HTTP/1.1.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	log.Fatal(server.ServeTLS(listener, *cert, *key))
}
