// Command sample-app is the application that scenarios run in pods: it tells what its process was given, and counts
// what becomes of requests.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// What a process prints that ends at once is lost now and then on its way to the container's log: containerd 1.6 gives
// up the pipe with the process.
const outputIsTaken = 2 * time.Second

const usage = `sample-app serve [--port N] [--folder DIR]…  tells its environment once on stdout, then over HTTP
sample-app print [--folder DIR]…             tells it once on stdout and ends
sample-app load --url URL [--rate N]         sends requests all the time, tells what became of them over HTTP
httpd -f -p PORT -h DIR                      under this name: serves the files of a folder
`

// folders is a flag that may be given more than once.
type folders []string

func (list *folders) String() string { return fmt.Sprint([]string(*list)) }

func (list *folders) Set(value string) error {
	*list = append(*list, value)
	return nil
}

func main() {
	if err := run(filepath.Base(os.Args[0]), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(program string, args []string) error {
	if program == "httpd" {
		return serveFolder(args)
	}
	mode := "serve"
	if len(args) > 0 {
		mode, args = args[0], args[1:]
	}
	var watched folders
	flags := flag.NewFlagSet(mode, flag.ContinueOnError)
	flags.Var(&watched, "folder", "folder whose files are told; may be given more than once")
	port := flags.Int("port", 8080, "port to listen on")
	url := flags.String("url", "", "where requests are sent")
	rate := flags.Int("rate", 50, "requests a second")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch mode {
	case "print":
		if err := printReport(watched); err != nil {
			return err
		}
		time.Sleep(outputIsTaken)
		return nil
	case "serve":
		if err := printReport(watched); err != nil {
			return err
		}
		return serveReport(*port, watched)
	case "load":
		return sendLoad(*port, *url, *rate)
	}
	return fmt.Errorf("%s: no such mode\n%s", mode, usage)
}
