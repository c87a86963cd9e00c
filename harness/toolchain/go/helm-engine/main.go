// The command helm-engine answers what `helm template` would, again and again in one process, by Helm's own library.
//
// It reads a line of JSON for each render from standard input and writes, for each, a line of JSON that tells the
// exit code and the lengths of the outputs, and then those outputs. It ends when its standard input does.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
)

// request is one render: the command line of `helm template`, what it would read from standard input, and the folder
// it would be started in.
type request struct {
	ID    int      `json:"id"`
	Args  []string `json:"args"`
	Stdin string   `json:"stdin"`
	Cwd   string   `json:"cwd"`
	// Lookups are the objects that the function lookup finds; nil leaves it finding none.
	Lookups *lookups `json:"lookups"`
	// Coverage asks for what the render hits and reads, too.
	Coverage bool `json:"coverage"`
	// Ask is for something else than a render: its answer comes as what is printed.
	Ask     string         `json:"ask"`
	Effects []wantedEffect `json:"effects"`
}

type responseHead struct {
	ID            int `json:"id"`
	ExitCode      int `json:"exitCode"`
	StdoutBytes   int `json:"stdoutBytes"`
	StderrBytes   int `json:"stderrBytes"`
	CoverageBytes int `json:"coverageBytes"`
}

// A render's garbage is small beside what a loaded chart keeps; collecting it less often is a fifth of the time.
const (
	garbagePercent = 400
	memoryLimit    = 1 << 30
)

func main() {
	debug.SetGCPercent(garbagePercent)
	debug.SetMemoryLimit(memoryLimit)
	requests := readRequests(os.Stdin)
	answers := bufio.NewWriterSize(os.Stdout, 1<<16)
	// Whatever a library prints must not get between the answers.
	os.Stdout = os.Stderr
	renderer := newRenderer()
	for one := range requests {
		if err := answer(answers, one, renderer.render(one)); err != nil {
			os.Exit(0)
		}
	}
}

// readRequests reads on while a render goes on, so that the end of the input ends the program at any time.
func readRequests(input io.Reader) <-chan request {
	requests := make(chan request, 1)
	go func() {
		reader := bufio.NewReaderSize(input, 1<<16)
		for {
			line, err := reader.ReadBytes('\n')
			if err != nil {
				os.Exit(0)
			}
			var one request
			if err := json.Unmarshal(line, &one); err != nil {
				fmt.Fprintln(os.Stderr, "not a request:", err)
				os.Exit(2)
			}
			requests <- one
		}
	}()
	return requests
}

func answer(output *bufio.Writer, to request, got result) error {
	head, err := json.Marshal(responseHead{
		ID:            to.ID,
		ExitCode:      got.exitCode,
		StdoutBytes:   len(got.stdout),
		StderrBytes:   len(got.stderr),
		CoverageBytes: len(got.coverage),
	})
	if err != nil {
		return err
	}
	for _, part := range [][]byte{head, {'\n'}, got.stdout, got.stderr, got.coverage} {
		if _, err := output.Write(part); err != nil {
			return err
		}
	}
	return output.Flush()
}

// logSink receives what Helm logs, in the form of its command line: without the time.
type logSink struct{ bytes.Buffer }

func newLogSink() *logSink {
	sink := &logSink{}
	slog.SetDefault(slog.New(slog.NewTextHandler(sink, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
			if attribute.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attribute
		},
	})))
	return sink
}

// take gives what was logged since the last time.
func (sink *logSink) take() []byte {
	taken := bytes.Clone(sink.Bytes())
	sink.Reset()
	return taken
}
