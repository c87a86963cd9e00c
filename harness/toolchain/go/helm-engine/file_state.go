package main

import (
	"os"
	"path/filepath"
	"slices"
	"time"
)

// fileState changes with a file's content, as far as the file system tells.
type fileState struct {
	device, inode    uint64
	size             int64
	modified, status int64
}

// A write within one tick of the file system's clock can leave no trace: of a clock that tells fractions of a second,
// after this; of one that does not, after two seconds.
const (
	fineTick   = 50 * time.Millisecond
	coarseTick = 2 * time.Second
)

func (state fileState) isSettled(now time.Time) bool {
	tick := fineTick
	if state.status%int64(time.Second) == 0 {
		tick = coarseTick
	}
	return now.UnixNano()-state.status > int64(tick)
}

// readStates looks at every file below a folder, links followed, by its path from there; an archive is one of no name.
func readStates(root string) (map[string]fileState, error) {
	states := map[string]fileState{}
	return states, walkStates(root, "", states, nil)
}

func walkStates(root, path string, states map[string]fileState, parents []fileState) error {
	full := filepath.Join(root, path)
	info, err := os.Stat(full)
	if err != nil {
		return err
	}
	state := describeFile(info)
	if !info.IsDir() {
		states[path] = state
		return nil
	}
	identity := fileState{device: state.device, inode: state.inode}
	if identity.inode != 0 && slices.Contains(parents, identity) {
		return nil
	}
	entries, err := os.ReadDir(full)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := walkStates(root, filepath.Join(path, entry.Name()), states, append(parents, identity)); err != nil {
			return err
		}
	}
	return nil
}
