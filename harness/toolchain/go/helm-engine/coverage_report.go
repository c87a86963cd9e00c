package main

import (
	"encoding/json"
	"errors"
	"text/template"

	chartv2 "helm.sh/helm/v4/pkg/chart/v2"

	"helm.sh/helm/v4/pkg/engine"
)

// coverageReport is what one render hit and read.
type coverageReport struct {
	Chart string `json:"chart"`
	// Complete is false where a template stopped the render.
	Complete bool           `json:"complete"`
	Options  coveredOptions `json:"options"`
	Values   map[string]any `json:"values"`
	Files    []fileReport   `json:"files"`
	// Reads and Changed are by the folder of the chart, then by the pointer of the leaf in its values.yaml.
	Reads   map[string]map[string][]int  `json:"reads"`
	Changed map[string]map[string]string `json:"changed"`
	Unread  []string                     `json:"unread"`
	Asked   []string                     `json:"asked"`
}

// coveredOptions are the choices of a render besides its values.
type coveredOptions struct {
	Release     string   `json:"release"`
	Namespace   string   `json:"namespace"`
	KubeVersion string   `json:"kubeVersion,omitempty"`
	APIVersions []string `json:"apiVersions,omitempty"`
	IsUpgrade   bool     `json:"isUpgrade,omitempty"`
}

// fileReport has the number of each counter that was hit, followed by how often.
type fileReport struct {
	Path   string   `json:"path"`
	Digest string   `json:"digest"`
	Hits   []uint32 `json:"hits"`
}

func (job *job) reportCoverage() []byte {
	covered := job.covered
	if covered == nil {
		return nil
	}
	chart := job.loaded.charter.(*chartv2.Chart)
	defaults := job.loaded.listDefaults()
	report := coverageReport{
		Chart:    chart.Name(),
		Complete: covered.complete,
		Options:  job.describeOptions(),
		Values:   job.values,
		Files:    covered.listFiles(),
		Reads:    covered.recorder.listReads(defaults),
		Changed:  covered.changed,
		Unread:   covered.recorder.listUnread(job.values),
		Asked:    covered.recorder.listAsked(chart.Values, ""),
	}
	text, err := json.Marshal(report)
	if err != nil {
		return nil
	}
	return text
}

func (job *job) describeOptions() coveredOptions {
	described := coveredOptions{
		Release:     job.options.release,
		Namespace:   job.options.namespace,
		APIVersions: job.options.apiVersions,
		IsUpgrade:   job.options.isUpgrade,
	}
	if job.options.kubeVersion != nil {
		described.KubeVersion = job.options.kubeVersion.Version
	}
	return described
}

func (covered *coveredRender) listFiles() []fileReport {
	files := make([]fileReport, 0, len(covered.parsed.covered.files))
	for _, file := range covered.parsed.covered.files {
		report := fileReport{Path: covered.paths[file.name], Digest: file.digest, Hits: []uint32{}}
		for counter, hits := range covered.recorder.hits[file.first : file.first+file.model.Counters] {
			if hits > 0 {
				report.Hits = append(report.Hits, uint32(counter), hits)
			}
		}
		files = append(files, report)
	}
	return files
}

// chartDescription is all there is to be covered in a chart and its subcharts.
type chartDescription struct {
	Name   string             `json:"name"`
	Files  []describedFile    `json:"files"`
	Charts []describedDefault `json:"charts"`
}

type describedFile struct {
	Path   string    `json:"path"`
	Digest string    `json:"digest"`
	Text   string    `json:"text"`
	Model  fileModel `json:"model"`
}

// describedDefault is one values.yaml.
type describedDefault struct {
	Folder string          `json:"folder"`
	Text   string          `json:"text"`
	Schema json.RawMessage `json:"schema,omitempty"`
	Leaves []describedLeaf `json:"leaves"`
	// Conditions are what switches subcharts on and off: Helm reads it, and no template need.
	Conditions []string `json:"conditions"`
	Tags       []string `json:"tags"`
	// Subcharts are the keys of the values that belong to subcharts.
	Subcharts []string `json:"subcharts"`
}

type describedLeaf struct {
	Pointer string `json:"pointer"`
	Value   any    `json:"value"`
}

func describeChart(loaded *loadedChart) ([]byte, error) {
	chart, ok := loaded.charter.(*chartv2.Chart)
	if !ok {
		return nil, errors.New("invalid chart apiVersion")
	}
	description := chartDescription{Name: chart.Name(), Files: []describedFile{}}
	description.addFiles(chart, "")
	description.addDefaults(chart, loaded.listDefaults(), "")
	return json.Marshal(description)
}

func (description *chartDescription) addFiles(chart *chartv2.Chart, folder string) {
	for _, file := range chart.Templates {
		described := describedFile{
			Path:   joinFolders(folder, file.Name),
			Digest: digestText(string(file.Data)),
			Text:   string(file.Data),
		}
		described.Model = describeTemplate(file.Name, described.Text)
		description.Files = append(description.Files, described)
	}
	for _, subchart := range chart.Dependencies() {
		description.addFiles(subchart, joinFolders(folder, "charts/"+subchart.Name()))
	}
}

// describeTemplate gives the same model as the file has among others; an empty one where it cannot be parsed.
func describeTemplate(name, text string) fileModel {
	set := template.New("gotpl")
	initFunMap(engine.Engine{}, set)
	if _, err := set.New(name).Parse(text); err != nil {
		return newFileModel()
	}
	all := &instrumenter{fields: &tappedFields{}}
	all.addFile(set, name, text)
	return all.files[0].model
}

func (description *chartDescription) addDefaults(chart *chartv2.Chart, defaults []chartDefaults, folder string) {
	described := describedDefault{
		Folder: folder, Leaves: []describedLeaf{}, Conditions: []string{}, Tags: []string{}, Subcharts: []string{},
	}
	for _, file := range chart.Raw {
		if file.Name == "values.yaml" {
			described.Text = string(file.Data)
		}
	}
	if json.Valid(chart.Schema) {
		described.Schema = chart.Schema
	}
	for _, one := range defaults {
		if one.folder != folder {
			continue
		}
		for _, leaf := range one.leaves {
			described.Leaves = append(described.Leaves, describedLeaf{leaf.pointer(), leaf.value})
		}
	}
	described.addDependencies(chart)
	description.Charts = append(description.Charts, described)
	for _, subchart := range chart.Dependencies() {
		description.addDefaults(subchart, defaults, joinFolders(folder, "charts/"+subchart.Name()))
	}
}

func (described *describedDefault) addDependencies(chart *chartv2.Chart) {
	for _, subchart := range chart.Dependencies() {
		described.Subcharts = append(described.Subcharts, subchart.Name())
	}
	if chart.Metadata == nil {
		return
	}
	for _, dependency := range chart.Metadata.Dependencies {
		if dependency == nil {
			continue
		}
		if dependency.Alias != "" {
			described.Subcharts = append(described.Subcharts, dependency.Alias)
		}
		if dependency.Condition != "" {
			described.Conditions = append(described.Conditions, dependency.Condition)
		}
		described.Tags = append(described.Tags, dependency.Tags...)
	}
}
