//go:build !linux && !darwin

package main

import "os"

func describeFile(info os.FileInfo) fileState {
	modified := info.ModTime().UnixNano()
	return fileState{size: info.Size(), modified: modified, status: modified}
}
