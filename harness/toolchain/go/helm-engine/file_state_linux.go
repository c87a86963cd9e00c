package main

import (
	"os"
	"syscall"
)

func describeFile(info os.FileInfo) fileState {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileState{size: info.Size(), modified: info.ModTime().UnixNano(), status: info.ModTime().UnixNano()}
	}
	return fileState{
		device:   uint64(stat.Dev),
		inode:    stat.Ino,
		size:     stat.Size,
		modified: stat.Mtim.Nano(),
		status:   stat.Ctim.Nano(),
	}
}
