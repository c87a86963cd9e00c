package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
)

const insideCommand = "inside"

// Table of routes for what containers send to elsewhere.
const nowhereTable = "77"

// Runs as the first process of its namespaces: args are the address of its end of the cable, and the command.
func runInside(args []string) {
	if len(args) < 2 || os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "docker-host inside: is started by docker-host alone")
		os.Exit(exitUsage)
	}
	address, command := args[0], args[1:]
	// One byte when the cable is there, the end when the outside has ended.
	if n, _ := os.Stdin.Read(make([]byte, 1)); n != 1 {
		os.Exit(exitSetUp)
	}
	go endWithOutside()
	fail(prepareMounts())
	fail(prepareNetwork(address))
	ip, _, err := net.ParseCIDR(address)
	fail(err)
	fail(answerNames(ip))
	pid, err := start(command)
	fail(err)
	os.Exit(reapUntil(pid))
}

func endWithOutside() {
	buffer := make([]byte, 1)
	for {
		if n, err := os.Stdin.Read(buffer); n == 0 && err != nil {
			os.Exit(exitSetUp)
		}
	}
}

// Nothing that is mounted from here on is seen outside. /run is the engine's own: its sockets, locks and namespaces.
func prepareMounts() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("cannot take the mounts apart: %w", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("cannot mount /proc: %w", err)
	}
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=755"); err != nil {
		return fmt.Errorf("cannot mount /run: %w", err)
	}
	return nil
}

// There is no way out but the cable: what is not this machine is refused at once instead of after a long time.
//
// Of containers that ask for it the kernel itself refuses five, and then one a second. So they are led into a cable that
// ends where it begins, in front of which a rule refuses all of them; Docker heeds that chain and leaves it as it is.
func prepareNetwork(address string) error {
	steps := [][]string{
		{"ip", "link", "set", "lo", "up"},
		{"ip", "address", "add", address, "dev", "eth0"},
		{"ip", "link", "set", "eth0", "up"},
		{"ip", "link", "add", "nowhere", "type", "veth", "peer", "name", "nowhere-end"},
		{"ip", "link", "set", "nowhere", "up"},
		{"ip", "link", "set", "nowhere-end", "up"},
		{"ip", "route", "add", "default", "dev", "nowhere", "table", nowhereTable},
		{"ip", "rule", "add", "not", "iif", "lo", "table", nowhereTable, "pref", "40000"},
		{"iptables", "-N", "DOCKER-USER"},
		{"iptables", "-A", "DOCKER-USER", "-o", "nowhere", "-j", "REJECT", "--reject-with", "icmp-net-unreachable"},
	}
	for _, step := range steps {
		if err := run(step[0], step[1:]...); err != nil {
			return err
		}
	}
	// Else one a second is told so after all.
	if err := os.WriteFile("/proc/sys/net/ipv4/icmp_ratelimit", []byte("0"), 0o644); err != nil {
		return fmt.Errorf("cannot have every refusal told: %w", err)
	}
	return nil
}

func start(command []string) (int, error) {
	file, err := exec.LookPath(command[0])
	if err != nil {
		return 0, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	process, err := os.StartProcess(file, command, &os.ProcAttr{Files: []*os.File{null, os.Stdout, os.Stderr}})
	if err != nil {
		return 0, err
	}
	return process.Pid, nil
}

// Waits for every process that is left to the first one, and gives the exit code of the one that matters.
func reapUntil(pid int) int {
	for {
		var status syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return exitSetUp
		case ended == pid && status.Signaled():
			return 128 + int(status.Signal())
		case ended == pid && status.Exited():
			return status.ExitStatus()
		}
	}
}
