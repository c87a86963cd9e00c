package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

type object = map[string]json.RawMessage

const missingCapability = "CAP_SYS_RESOURCE"

// Becomes runc, after taking out of what it is to run what needs CAP_SYS_RESOURCE: the capability itself, and being
// spared by the out-of-memory killer.
func runRuntime(args []string) error {
	if file, inside := findSpecification(args); file != "" {
		if err := rewrite(file, inside); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	runc, err := exec.LookPath("runc")
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, args...), os.Environ())
}

// The file with the process to run, and whether it is a part of a whole container's configuration.
func findSpecification(args []string) (file string, inside bool) {
	verb, bundle, process := "", ".", ""
	for index, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		if !joined && index+1 < len(args) {
			value = args[index+1]
		}
		switch name {
		case "--bundle", "-b":
			bundle = value
		case "--process", "-p":
			process = value
		case "create", "run", "exec":
			if verb == "" {
				verb = name
			}
		}
	}
	switch verb {
	case "create", "run":
		return filepath.Join(bundle, "config.json"), true
	case "exec":
		return process, false
	}
	return "", false
}

func rewrite(file string, inside bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed, err := relax(text, inside)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, changed, info.Mode())
}

// Every member that is not changed stays as it was written.
func relax(text []byte, inside bool) ([]byte, error) {
	if !inside {
		return relaxProcess(text)
	}
	var configuration object
	if err := json.Unmarshal(text, &configuration); err != nil {
		return nil, err
	}
	if process, there := configuration["process"]; there {
		relaxed, err := relaxProcess(process)
		if err != nil {
			return nil, err
		}
		configuration["process"] = relaxed
	}
	return json.Marshal(configuration)
}

func relaxProcess(text []byte) ([]byte, error) {
	var process object
	if err := json.Unmarshal(text, &process); err != nil {
		return nil, err
	}
	if score, there := process["oomScoreAdj"]; there && strings.HasPrefix(string(score), "-") {
		process["oomScoreAdj"] = json.RawMessage("0")
	}
	if err := dropCapability(process); err != nil {
		return nil, err
	}
	return json.Marshal(process)
}

func dropCapability(process object) error {
	text, there := process["capabilities"]
	if !there {
		return nil
	}
	var sets map[string][]string
	if err := json.Unmarshal(text, &sets); err != nil {
		return err
	}
	for name, set := range sets {
		kept := make([]string, 0, len(set))
		for _, capability := range set {
			if capability != missingCapability {
				kept = append(kept, capability)
			}
		}
		sets[name] = kept
	}
	changed, err := json.Marshal(sets)
	if err != nil {
		return err
	}
	process["capabilities"] = changed
	return nil
}
