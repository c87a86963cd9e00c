package main

import (
	"encoding/json"
	"slices"
	"strings"
	"text/template"

	"helm.sh/helm/v4/pkg/chart/common"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
)

// wantedEffect asks whether another value of a leaf makes any of these templates render something else.
type wantedEffect struct {
	// Chart is the folder of the subchart in whose values.yaml the leaf is; empty for the chart itself.
	Chart   string   `json:"chart"`
	Pointer string   `json:"pointer"`
	Files   []string `json:"files"`
	Values  []any    `json:"values"`
}

// findEffects gives, for each wanted effect, whether there is one. Values are put behind the schema, so that nothing
// but the templates decides.
func (job *job) findEffects() ([]byte, error) {
	own, values, _, err := job.prepare()
	if err != nil {
		return nil, err
	}
	parsed, err := job.loaded.parse(allTemplates(own, values), false)
	if err != nil {
		return nil, err
	}
	trial := &trial{job: job, own: own, values: values, parsed: parsed, plain: map[string]outcome{}}
	trial.names = nameCharts(job.loaded.charter.(*chartv2.Chart), own)
	trial.paths = trial.names.listPaths(own)
	found := make([]bool, len(job.request.Effects))
	for index, wanted := range job.request.Effects {
		found[index] = trial.hasEffect(wanted)
	}
	return json.Marshal(found)
}

// trial renders templates one by one, each with values of its own, and each first as the values are.
type trial struct {
	job    *job
	own    *chartv2.Chart
	values common.Values
	parsed *parsedTemplates
	names  chartNames
	paths  map[string]string
	plain  map[string]outcome
}

// outcome is what a template renders to, or that it fails; unsteady is one that renders to something else each time.
type outcome struct {
	text     string
	failed   bool
	unsteady bool
}

func (trial *trial) hasEffect(wanted wantedEffect) bool {
	for _, name := range trial.parsed.names {
		if isPartial(name) || !slices.Contains(wanted.Files, trial.paths[name]) || strings.HasSuffix(name, notesFile) {
			continue
		}
		plain := trial.renderPlain(name)
		if plain.unsteady {
			continue
		}
		for _, value := range wanted.Values {
			values := trial.copyValues()
			if !trial.replace(values, wanted, value) {
				return false
			}
			if trial.render(name, values) != plain {
				return true
			}
		}
	}
	return false
}

func (trial *trial) renderPlain(name string) outcome {
	known, ok := trial.plain[name]
	if !ok {
		known = trial.render(name, trial.copyValues())
		known.unsteady = trial.render(name, trial.copyValues()) != known
		trial.plain[name] = known
	}
	return known
}

func (trial *trial) copyValues() common.Values {
	copied := make(common.Values, len(trial.values))
	for key, value := range trial.values {
		copied[key] = value
	}
	copied["Values"] = common.Values(copyValue(map[string]any(trial.values["Values"].(common.Values))).(map[string]any))
	return copied
}

// replace puts a value wherever the leaf is: that of a subchart under each of its names, a global one in every chart.
func (trial *trial) replace(values common.Values, wanted wantedEffect, value any) bool {
	rec := newRecorder(0, nil)
	rec.addValues(values["Values"].(common.Values), trial.names)
	last := strings.LastIndexByte(wanted.Pointer, '/')
	holder := rec.known[placeName{wanted.Chart, wanted.Pointer[:last]}]
	if holder == nil {
		return false
	}
	key := unescapePointer(wanted.Pointer[last+1:])
	for _, table := range rec.kept {
		if slices.Contains(rec.places[identify(table)], holder) {
			table[key] = copyValue(value)
		}
	}
	return true
}

func unescapePointer(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
}

func (trial *trial) render(name string, values common.Values) (result outcome) {
	defer func() {
		if recover() != nil {
			result = outcome{failed: true}
		}
	}()
	set, err := trial.open()
	if err != nil {
		return outcome{failed: true}
	}
	text, err := executeTemplate(set, name, allTemplates(trial.own, values)[name])
	if err != nil {
		return outcome{failed: true}
	}
	return outcome{text: text}
}

func (trial *trial) open() (*template.Template, error) { return trial.parsed.open(trial.job.with) }
