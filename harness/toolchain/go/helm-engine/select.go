package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"sort"

	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

var sourceComment = regexp.MustCompile("# Source: [^/]+/(.+)")

// selectManifests leaves of a printed release what comes from the templates that were asked for, in their order.
func selectManifests(printed []byte, templates []string) ([]byte, error) {
	if len(templates) == 0 {
		return printed, nil
	}
	documents := releaseutil.SplitManifests(string(printed))
	keys := make([]string, 0, len(documents))
	for key := range documents {
		keys = append(keys, key)
	}
	sort.Sort(releaseutil.BySplitManifestsOrder(keys))
	var selected bytes.Buffer
	for _, template := range templates {
		template = filepath.ToSlash(template)
		missing := true
		for _, key := range keys {
			source := sourceComment.FindStringSubmatch(documents[key])
			if source == nil {
				continue
			}
			if matched, _ := filepath.Match(template, source[1]); !matched {
				continue
			}
			fmt.Fprintf(&selected, "---\n%s\n", documents[key])
			missing = false
		}
		if missing {
			return nil, fmt.Errorf("could not find template %s in chart", template)
		}
	}
	return selected.Bytes(), nil
}
