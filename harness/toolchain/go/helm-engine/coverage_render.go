package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
)

// coveredRender is a render that is counted, whether it comes to its end or not.
type coveredRender struct {
	recorder *recorder
	parsed   *parsedTemplates
	paths    map[string]string
	changed  map[string]map[string]string
	complete bool
}

// renderCovered is renderParsed by templates that count.
func (job *job) renderCovered(own *chartv2.Chart, values common.Values) (rendered map[string]string, err error) {
	defer func() {
		recording = nil
		if recover() != nil {
			rendered, err = nil, errUnexplained
		}
	}()
	templates := allTemplates(own, values)
	parsed, err := job.loaded.parse(templates, true)
	if err != nil {
		return nil, errUnexplained
	}
	set, err := parsed.open(job.with)
	if err != nil {
		return nil, errUnexplained
	}
	set.Funcs(watchedFunctions)
	set.Funcs(map[string]any{"tpl": watchedTpl(set, parsed.covered.fields, parsed.tapped)})
	covered := &coveredRender{recorder: newRecorder(parsed.covered.counters, parsed.covered.fields), parsed: parsed}
	names := nameCharts(job.loaded.charter.(*chartv2.Chart), own)
	covered.paths = names.listPaths(own)
	covered.recorder.addValues(values["Values"].(common.Values), names)
	covered.changed = covered.recorder.listChanged(job.loaded.listDefaults())
	job.covered, recording = covered, covered.recorder
	rendered = make(map[string]string, len(parsed.names))
	for index, name := range parsed.names {
		if isPartial(name) {
			continue
		}
		recording.file = index
		if rendered[name], err = executeTemplate(set, name, templates[name]); err != nil {
			return nil, errUnexplained
		}
	}
	covered.complete = true
	return rendered, nil
}

// nameCharts finds the subcharts of a render: the folder of each, and the key of the values that its own are under.
func nameCharts(pristine, own *chartv2.Chart) chartNames {
	names := chartNames{}
	names.addSubcharts(pristine, own)
	return names
}

func (names *chartNames) addSubcharts(pristine, own *chartv2.Chart) {
	names.subcharts = map[string]*chartNames{}
	for _, subchart := range own.Dependencies() {
		original := subchart.Name()
		for _, dependency := range pristine.Metadata.Dependencies {
			if dependency != nil && dependency.Alias == subchart.Name() {
				original = dependency.Name
			}
		}
		below := &chartNames{folder: joinFolders(names.folder, "charts/"+original), parent: names}
		names.subcharts[subchart.Name()] = below
		for _, candidate := range pristine.Dependencies() {
			if candidate.Name() == original {
				below.addSubcharts(candidate, subchart)
				break
			}
		}
	}
}

func joinFolders(folder, path string) string {
	if folder == "" {
		return path
	}
	return folder + "/" + path
}

// listPaths gives, for the name that Helm gives a template, its path in the chart.
func (names *chartNames) listPaths(own *chartv2.Chart) map[string]string {
	paths := map[string]string{}
	for _, file := range own.Templates {
		paths[own.ChartFullPath()+"/"+file.Name] = joinFolders(names.folder, file.Name)
	}
	for _, subchart := range own.Dependencies() {
		if below := names.subcharts[subchart.Name()]; below != nil {
			maps.Copy(paths, below.listPaths(subchart))
		}
	}
	return paths
}

// chartDefaults are the leaves of one values.yaml: whatever is no map with something in it.
type chartDefaults struct {
	folder string
	values map[string]any
	leaves []valueLeaf
}

type valueLeaf struct {
	parent string
	key    string
	value  any
}

func (leaf valueLeaf) pointer() string { return leaf.parent + "/" + escapePointer(leaf.key) }

func (loaded *loadedChart) listDefaults() []chartDefaults {
	if loaded.defaults == nil {
		if chart, ok := loaded.charter.(*chartv2.Chart); ok {
			loaded.defaults = listDefaults(chart, "")
		}
	}
	return loaded.defaults
}

func listDefaults(chart *chartv2.Chart, folder string) []chartDefaults {
	all := []chartDefaults{{folder: folder, values: chart.Values, leaves: listLeaves(chart.Values, "")}}
	for _, subchart := range chart.Dependencies() {
		all = append(all, listDefaults(subchart, joinFolders(folder, "charts/"+subchart.Name()))...)
	}
	return all
}

func listLeaves(table map[string]any, parent string) []valueLeaf {
	var leaves []valueLeaf
	for _, key := range slices.Sorted(maps.Keys(table)) {
		leaf := valueLeaf{parent: parent, key: key, value: table[key]}
		if below := tableOf(table[key]); len(below) > 0 {
			leaves = append(leaves, listLeaves(below, leaf.pointer())...)
			continue
		}
		leaves = append(leaves, leaf)
	}
	return leaves
}

// listChanged gives a digest of the value of each leaf that is another one than in values.yaml; several, separated by
// commas, where the chart is there several times.
func (rec *recorder) listChanged(defaults []chartDefaults) map[string]map[string]string {
	changed := map[string]map[string]string{}
	for _, chart := range defaults {
		if rec.known[placeName{chart.folder, ""}] == nil {
			continue
		}
		own := map[string]string{}
		for _, leaf := range chart.leaves {
			if holder := rec.known[placeName{chart.folder, leaf.parent}]; holder != nil {
				if digests := leaf.digestOthers(holder.tables); digests != "" {
					own[leaf.pointer()] = digests
				}
			}
		}
		changed[chart.folder] = own
	}
	return changed
}

// digestOthers leaves out, of one table, the value that is the default; of several, it stands as an empty digest.
func (leaf valueLeaf) digestOthers(tables []map[string]any) string {
	digests := []string{}
	for _, table := range tables {
		digest := ""
		if value := table[leaf.key]; !reflect.DeepEqual(value, leaf.value) {
			text, _ := json.Marshal(value)
			digest = digestText(string(text))
		}
		digests = append(digests, digest)
	}
	slices.Sort(digests)
	return strings.Join(slices.Compact(digests), ",")
}

// listReads gives the numbers of the templates that read each leaf, of those that are read.
func (rec *recorder) listReads(defaults []chartDefaults) map[string]map[string][]int {
	reads := map[string]map[string][]int{}
	for _, chart := range defaults {
		own := map[string][]int{}
		for _, leaf := range chart.leaves {
			if files := rec.listReaders(chart.folder, leaf); len(files) > 0 {
				own[leaf.pointer()] = files
			}
		}
		if len(own) > 0 {
			reads[chart.folder] = own
		}
	}
	return reads
}

func (rec *recorder) listReaders(folder string, leaf valueLeaf) []int {
	var files []int
	if holder := rec.known[placeName{folder, leaf.parent}]; holder != nil {
		if mark := holder.reads[leaf.key]; mark != nil {
			files = append(files, mark.files...)
		}
		files = append(files, holder.keys.files...)
	}
	for parent := leaf.parent; ; parent = parent[:strings.LastIndexByte(parent, '/')] {
		if holder := rec.known[placeName{folder, parent}]; holder != nil {
			files = append(files, holder.whole.files...)
		}
		if parent == "" {
			break
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// listUnread gives the leaves of what the user gave that no template read.
func (rec *recorder) listUnread(values map[string]any) []string {
	unread := []string{}
	for _, leaf := range listLeaves(values, "") {
		if len(rec.listReaders("", leaf)) == 0 {
			unread = append(unread, leaf.pointer())
		}
	}
	return unread
}

// listAsked gives what templates name in a map of values.yaml that is not in it.
func (rec *recorder) listAsked(values map[string]any, parent string) []string {
	asked := []string{}
	if holder := rec.known[placeName{"", parent}]; holder != nil {
		for _, name := range slices.Sorted(maps.Keys(holder.byName)) {
			if _, known := values[name]; !known {
				asked = append(asked, parent+"/"+escapePointer(name))
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if below := tableOf(values[key]); len(below) > 0 {
			asked = append(asked, rec.listAsked(below, parent+"/"+escapePointer(key))...)
		}
	}
	return asked
}
