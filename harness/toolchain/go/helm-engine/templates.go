package main

import (
	"path"
	"strings"
	"text/template"
	_ "unsafe" // for the links below

	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/engine"
)

// Helm's engine parses every template for every render, which is half of its time, and leaves no way to hand it parsed
// ones. So its own parts are used one by one, which it does not export; the release they belong to is fixed by go.sum.

//go:linkname allTemplates helm.sh/helm/v4/pkg/engine.allTemplates
func allTemplates(charter chart.Charter, values common.Values) map[string]renderable

//go:linkname sortTemplates helm.sh/helm/v4/pkg/engine.sortTemplates
func sortTemplates(templates map[string]renderable) []string

//go:linkname initFunMap helm.sh/helm/v4/pkg/engine.Engine.initFunMap
func initFunMap(from engine.Engine, of *template.Template)

// renderable has the fields of the engine's own type, in their order.
type renderable struct {
	tpl      string
	vals     common.Values
	basePath string
}

// parsedTemplates are a chart's templates as one set of subcharts has them.
type parsedTemplates struct {
	names []string
	texts map[string]string
	set   *template.Template
	// covered is what was put into them to count; nil where nothing was.
	covered *instrumenter
	// tapped are the texts that `tpl` was given, with what was put into them.
	tapped map[string]string
}

const missingKey = "missingkey=zero"

// keptSets bounds what charts keep that have a subchart for everything.
const keptSets = 8

// renderParsed renders as Helm's engine does; whatever fails is errUnexplained.
func (loaded *loadedChart) renderParsed(own *chartv2.Chart, values common.Values, with engine.Engine) (rendered map[string]string, err error) {
	defer func() {
		if recover() != nil {
			rendered, err = nil, errUnexplained
		}
	}()
	templates := allTemplates(own, values)
	parsed, err := loaded.parse(templates, false)
	if err != nil {
		return nil, errUnexplained
	}
	set, err := parsed.open(with)
	if err != nil {
		return nil, errUnexplained
	}
	rendered = make(map[string]string, len(parsed.names))
	for _, name := range parsed.names {
		if isPartial(name) {
			continue
		}
		if rendered[name], err = executeTemplate(set, name, templates[name]); err != nil {
			return nil, errUnexplained
		}
	}
	return rendered, nil
}

// open gives the templates for one render, with functions that know of no other.
func (known *parsedTemplates) open(with engine.Engine) (*template.Template, error) {
	set, err := known.set.Clone()
	if err != nil {
		return nil, err
	}
	set.Option(missingKey)
	initFunMap(with, set)
	return set, nil
}

func isPartial(name string) bool { return strings.HasPrefix(path.Base(name), "_") }

func executeTemplate(set *template.Template, name string, one renderable) (string, error) {
	one.vals["Template"] = common.Values{"Name": name, "BasePath": one.basePath}
	var text strings.Builder
	if err := set.ExecuteTemplate(&text, name, one.vals); err != nil {
		return "", err
	}
	return strings.ReplaceAll(text.String(), "<no value>", ""), nil
}

func (loaded *loadedChart) parse(templates map[string]renderable, covered bool) (*parsedTemplates, error) {
	for _, known := range loaded.parsed {
		if (known.covered != nil) == covered && known.isOf(templates) {
			if known.set == nil {
				return nil, errUnexplained
			}
			return known, nil
		}
	}
	parsed := &parsedTemplates{names: sortTemplates(templates), texts: make(map[string]string, len(templates))}
	for name, one := range templates {
		parsed.texts[name] = one.tpl
	}
	if covered {
		parsed.covered = &instrumenter{fields: &tappedFields{}}
		parsed.tapped = map[string]string{}
	}
	set := template.New("gotpl").Option(missingKey)
	initFunMap(engine.Engine{}, set)
	for _, name := range parsed.names {
		if _, err := set.New(name).Parse(templates[name].tpl); err != nil {
			set = nil
			break
		}
		if covered {
			parsed.covered.addFile(set, name, templates[name].tpl)
		}
	}
	parsed.set = set
	loaded.parsed = append(loaded.parsed, parsed)
	if len(loaded.parsed) > keptSets {
		loaded.parsed = loaded.parsed[1:]
	}
	if set == nil {
		return nil, errUnexplained
	}
	return parsed, nil
}

func (known *parsedTemplates) isOf(templates map[string]renderable) bool {
	if len(known.texts) != len(templates) {
		return false
	}
	for name, one := range templates {
		if text, ok := known.texts[name]; !ok || text != one.tpl {
			return false
		}
	}
	return true
}
