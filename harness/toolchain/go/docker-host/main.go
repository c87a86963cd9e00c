// Command docker-host holds a Docker engine of a test cluster: it runs a command in namespaces of its own (processes,
// mounts, network), joined to this machine by one virtual cable. Everything that the command starts, mounts and
// configures there ends with this process, however it ends: the kernel sees to it.
//
// Started by the name sluice-runc it is the engine's OCI runtime instead, for machines without CAP_SYS_RESOURCE.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

const (
	exitUsage = 2
	// The cable's name is taken: the caller is to choose another one.
	exitTaken = 17
	exitSetUp = 70
)

func main() {
	if filepath.Base(os.Args[0]) == "sluice-runc" {
		fail(runRuntime(os.Args[1:]))
		return
	}
	if len(os.Args) > 1 && os.Args[1] == insideCommand {
		runInside(os.Args[2:])
		return
	}
	var cable cable
	flags := flag.NewFlagSet("docker-host", flag.ExitOnError)
	flags.StringVar(&cable.name, "cable", "", "name of this machine's end of the cable, not taken yet")
	flags.StringVar(&cable.hostAddress, "host-address", "", "address of this machine's end, such as 10.146.7.1/30")
	flags.StringVar(&cable.engineAddress, "engine-address", "", "address of the command's end")
	_ = flags.Parse(os.Args[1:])
	if cable.name == "" || cable.hostAddress == "" || cable.engineAddress == "" || flags.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "docker-host: all options and, after --, a command are needed")
		os.Exit(exitUsage)
	}
	os.Exit(runOutside(cable, flags.Args()))
}

func fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
	os.Exit(exitSetUp)
}
