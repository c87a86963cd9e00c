package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
)

// compiledSchemas holds, by its text, each schema of a chart and its subcharts; nil stands for one that names others
// elsewhere, which can change, and for one that does not compile.
type compiledSchemas map[string]*jsonschema.Schema

// validate says what Helm's own validation would: whatever does not pass is given to that, for its words.
func (schemas compiledSchemas) validate(own *chartv2.Chart, values common.Values) error {
	if schemas.accept(own, values) {
		return nil
	}
	if err := util.ValidateAgainstSchema(own, values); err != nil {
		return fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\n%w", err)
	}
	return nil
}

func (schemas compiledSchemas) accept(own *chartv2.Chart, values map[string]any) (accepted bool) {
	defer func() {
		if recover() != nil {
			accepted = false
		}
	}()
	if own.Schema != nil {
		schema := schemas.compile(own.Schema)
		if schema == nil || schema.Validate(common.Values(values).AsMap()) != nil {
			return false
		}
	}
	for _, subchart := range own.Dependencies() {
		given, exists := values[subchart.Name()]
		if !exists || given == nil {
			continue
		}
		subchartValues, ok := given.(map[string]any)
		if !ok || !schemas.accept(subchart, subchartValues) {
			return false
		}
	}
	return true
}

func (schemas compiledSchemas) compile(text []byte) *jsonschema.Schema {
	if known, ok := schemas[string(text)]; ok {
		return known
	}
	compiled := compileAlone(text)
	schemas[string(text)] = compiled
	return compiled
}

type refusingLoader struct{}

func (refusingLoader) Load(string) (any, error) { return nil, errors.New("not part of the schema") }

func compileAlone(text []byte) *jsonschema.Schema {
	const place = "file:///values.schema.json"
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(refusingLoader{})
	if err := compiler.AddResource(place, document); err != nil {
		return nil
	}
	compiled, err := compiler.Compile(place)
	if err != nil {
		return nil
	}
	return compiled
}

var warnedURNs = map[string]bool{}

// warnOfUnresolvedURNs takes the place of Helm's own warning, which is given once a process and here once a render.
func warnOfUnresolvedURNs() {
	util.URNResolver = func(urn string) (any, error) {
		if !warnedURNs[urn] {
			warnedURNs[urn] = true
			slog.Warn("unresolved URN reference ignored; using permissive schema", "urn", urn)
		}
		return true, nil
	}
}

func forgetWarnedURNs() { clear(warnedURNs) }
