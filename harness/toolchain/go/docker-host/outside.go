package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// Two ends of one virtual cable: ours, and eth0 of the command's network.
type cable struct {
	name          string
	hostAddress   string
	engineAddress string
}

var errTaken = errors.New("the name of the cable is taken")

// Starts the inside, connects it, and stays until it has ended or a signal comes. Gives the exit code.
func runOutside(cable cable, command []string) int {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	inside, lifeline, err := startInside(cable, command)
	if err != nil {
		fmt.Fprintf(os.Stderr, "docker-host: cannot make namespaces: %v\n", err)
		return exitSetUp
	}
	ended := make(chan struct{})
	go func() {
		_ = inside.Wait()
		close(ended)
	}()
	end := func() {
		// The first process of its namespace: the kernel ends all others with it, and Wait returns when they are gone.
		_ = inside.Process.Kill()
		<-ended
	}
	if err := cable.connect(inside.Process.Pid); err != nil {
		end()
		fmt.Fprintf(os.Stderr, "docker-host: %v\n", err)
		if errors.Is(err, errTaken) {
			return exitTaken
		}
		return exitSetUp
	}
	defer cable.remove()
	if _, err := lifeline.Write([]byte{1}); err != nil {
		end()
		return exitSetUp
	}
	select {
	case <-ended:
		return inside.ProcessState.ExitCode()
	case <-signals:
		end()
		return 0
	}
}

// The inside holds the reading end of a pipe whose writing end is nobody's but ours: it notices our end by it.
func startInside(cable cable, command []string) (*exec.Cmd, *os.File, error) {
	reading, lifeline, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer reading.Close()
	args := append([]string{insideCommand, cable.engineAddress}, command...)
	inside := exec.Command("/proc/self/exe", args...)
	inside.Stdin = reading
	inside.Stdout = os.Stdout
	inside.Stderr = os.Stderr
	inside.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
		// Not in our group, so that a signal to the group reaches us alone.
		Setsid: true,
	}
	return inside, lifeline, inside.Start()
}

func (cable cable) connect(pid int) error {
	link := []string{"link", "add", "name", cable.name, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(pid)}
	if err := run("ip", link...); err != nil {
		if strings.Contains(err.Error(), "File exists") {
			return fmt.Errorf("%s: %w", cable.name, errTaken)
		}
		return err
	}
	err := run("ip", "address", "add", cable.hostAddress, "dev", cable.name)
	if err == nil {
		err = run("ip", "link", "set", cable.name, "up")
	}
	if err != nil {
		cable.remove()
	}
	return err
}

// It goes with the namespace of its other end too, some time later.
func (cable cable) remove() {
	_ = run("ip", "link", "delete", cable.name)
}

func run(program string, args ...string) error {
	output, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %v: %s", program, strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return nil
}
