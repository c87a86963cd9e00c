package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/loader"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
)

// loadedChart is a chart as it was read, never to be changed, and what its files were then.
type loadedChart struct {
	charter chart.Charter
	schemas compiledSchemas
	parsed  []*parsedTemplates
	// defaults are the leaves of each values.yaml, found when they are first asked for.
	defaults []chartDefaults
	// logs are Helm's words on loading it; a helm that loads it anew would say them each time.
	logs   []byte
	states map[string]fileState
	digest [sha256.Size]byte
	usedAt time.Time
}

const keptCharts = 8

type chartCache struct {
	logs   *logSink
	charts map[string]*loadedChart
}

func newChartCache(logs *logSink) *chartCache {
	return &chartCache{logs: logs, charts: map[string]*loadedChart{}}
}

// load gives a chart as its files are now, and logs what Helm logs on reading it.
func (cache *chartCache) load(path string) (*loadedChart, error) {
	known := cache.charts[path]
	if known == nil || !known.isCurrent(path) {
		read, err := cache.read(path)
		if err != nil {
			return nil, err
		}
		known = read
		cache.keep(path, read)
	}
	known.usedAt = time.Now()
	cache.logs.Write(known.logs)
	return known, nil
}

// isCurrent trusts a file's state once a change could no longer go unseen; until then it looks at the bytes.
func (loaded *loadedChart) isCurrent(path string) bool {
	states, err := readStates(path)
	if err != nil || len(states) == 0 {
		return false
	}
	now := time.Now()
	if maps.Equal(states, loaded.states) && allSettled(states, now) {
		return true
	}
	digest, err := digestFiles(path, states)
	if err != nil || digest != loaded.digest {
		return false
	}
	after, err := readStates(path)
	if err != nil || !maps.Equal(after, states) {
		return false
	}
	loaded.states = states
	return true
}

const readAttempts = 3

// read loads the chart anew. What changed while it was read is given to its render, but not kept as what it is not.
func (cache *chartCache) read(path string) (*loadedChart, error) {
	var loaded *loadedChart
	for attempt := 1; ; attempt++ {
		states, _ := readStates(path)
		before, _ := digestFiles(path, states)
		earlier := cache.logs.take()
		charter, err := loader.Load(path)
		said := cache.logs.take()
		cache.logs.Write(earlier)
		if err != nil {
			cache.logs.Write(said)
			return nil, err
		}
		after, _ := readStates(path)
		digest, _ := digestFiles(path, after)
		loaded = &loadedChart{charter: charter, schemas: compiledSchemas{}, logs: said, states: after, digest: digest}
		if maps.Equal(states, after) && before == digest {
			return loaded, nil
		}
		if attempt == readAttempts {
			loaded.states, loaded.digest = nil, [sha256.Size]byte{}
			return loaded, nil
		}
	}
}

func (cache *chartCache) keep(path string, loaded *loadedChart) {
	cache.charts[path] = loaded
	if len(cache.charts) <= keptCharts {
		return
	}
	oldest := path
	for other, candidate := range cache.charts {
		if other != path && (oldest == path || candidate.usedAt.Before(cache.charts[oldest].usedAt)) {
			oldest = other
		}
	}
	delete(cache.charts, oldest)
}

func allSettled(states map[string]fileState, now time.Time) bool {
	for _, state := range states {
		if !state.isSettled(now) {
			return false
		}
	}
	return true
}

func digestFiles(root string, states map[string]fileState) ([sha256.Size]byte, error) {
	hash := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(states)) {
		file, err := os.Open(filepath.Join(root, path))
		if err != nil {
			return [sha256.Size]byte{}, err
		}
		fmt.Fprintf(hash, "\x00%s\x00%d\x00", path, states[path].size)
		_, err = io.Copy(hash, file)
		file.Close()
		if err != nil {
			return [sha256.Size]byte{}, err
		}
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}

// copyChart gives a chart that may be changed as Helm does in a render: its dependencies, metadata and values.
func copyChart(from *chartv2.Chart) *chartv2.Chart {
	to := &chartv2.Chart{
		Raw:           from.Raw,
		Lock:          from.Lock,
		Templates:     from.Templates,
		Values:        copyValue(from.Values).(map[string]any),
		Schema:        from.Schema,
		SchemaModTime: from.SchemaModTime,
		Files:         from.Files,
		ModTime:       from.ModTime,
	}
	if from.Metadata != nil {
		to.Metadata = copyMetadata(from.Metadata)
	}
	for _, dependency := range from.Dependencies() {
		to.AddDependency(copyChart(dependency))
	}
	return to
}

func copyMetadata(from *chartv2.Metadata) *chartv2.Metadata {
	to := *from
	to.Annotations = maps.Clone(from.Annotations)
	to.Dependencies = slices.Clone(from.Dependencies)
	for at, dependency := range to.Dependencies {
		if dependency == nil {
			continue
		}
		own := *dependency
		own.ImportValues = slices.Clone(dependency.ImportValues)
		to.Dependencies[at] = &own
	}
	return &to
}

func copyValue(from any) any {
	switch value := from.(type) {
	case map[string]any:
		if value == nil {
			return value
		}
		to := make(map[string]any, len(value))
		for key, one := range value {
			to[key] = copyValue(one)
		}
		return to
	case []any:
		if value == nil {
			return value
		}
		to := make([]any, len(value))
		for at, one := range value {
			to[at] = copyValue(one)
		}
		return to
	default:
		return value
	}
}
