package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// report is everything that a process can say of what it was given.
type report struct {
	Environment map[string]string `json:"environment"`
	Files       map[string]file   `json:"files"`
	Process     process           `json:"process"`
}

type file struct {
	Content string `json:"content"`
	Mode    uint32 `json:"mode"`
}

// process is what a process may do.
type process struct {
	User  int `json:"user"`
	Group int `json:"group"`
	// As /proc/self/status has them: hexadecimal masks, and 0 or 1 for the flag.
	Capabilities      string `json:"capabilities"`
	BoundCapabilities string `json:"boundCapabilities"`
	NoNewPrivileges   string `json:"noNewPrivileges"`
	// 0 none, 1 strict, 2 filtered.
	Seccomp      string `json:"seccomp"`
	RootWritable bool   `json:"rootWritable"`
	HasToken     bool   `json:"hasToken"`
}

func describe(watched folders) (report, error) {
	environment, err := readEnvironment()
	if err != nil {
		return report{}, err
	}
	files, err := readFiles(watched)
	if err != nil {
		return report{}, err
	}
	process, err := describeProcess()
	return report{environment, files, process}, err
}

// The block that the kernel was given at exec: nothing of the language's own comes between.
func readEnvironment() (map[string]string, error) {
	block, err := os.ReadFile("/proc/self/environ")
	if err != nil {
		return nil, err
	}
	environment := map[string]string{}
	for _, entry := range bytes.Split(bytes.TrimSuffix(block, []byte{0}), []byte{0}) {
		name, value, found := strings.Cut(string(entry), "=")
		if _, twice := environment[name]; !found || twice {
			return nil, fmt.Errorf("environment: %q: twice, or no variable", name)
		}
		environment[name] = value
	}
	return environment, nil
}

// A folder that is not there has no files. What mounts keep beside them, such as ..data, is left out.
func readFiles(watched folders) (map[string]file, error) {
	files := map[string]file{}
	for _, folder := range watched {
		entries, err := os.ReadDir(folder)
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), "..") {
				continue
			}
			path := filepath.Join(folder, entry.Name())
			info, err := os.Stat(path)
			if err != nil {
				return nil, err
			}
			if info.IsDir() {
				continue
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			files[path] = file{string(content), uint32(info.Mode() & fs.ModePerm)}
		}
	}
	return files, nil
}

func describeProcess() (process, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return process{}, err
	}
	status := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		name, value, _ := strings.Cut(line, ":")
		status[name] = strings.TrimSpace(value)
	}
	_, missing := os.Stat(tokenFile)
	return process{
		User:              os.Getuid(),
		Group:             os.Getgid(),
		Capabilities:      status["CapEff"],
		BoundCapabilities: status["CapBnd"],
		NoNewPrivileges:   status["NoNewPrivs"],
		Seccomp:           status["Seccomp"],
		RootWritable:      canWrite("/"),
		HasToken:          missing == nil,
	}, nil
}

func canWrite(folder string) bool {
	probe, err := os.CreateTemp(folder, "probe-")
	if err != nil {
		return false
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	return true
}

func printReport(watched folders) error {
	told, err := describe(watched)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}
