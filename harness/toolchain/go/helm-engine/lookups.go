package main

import "slices"

// lookups are objects that a cluster would have, for charts that ask for them.
type lookups []map[string]any

// lookUp answers as Helm does in a cluster: one object by its name, or a list of all in a namespace or everywhere; an
// empty map where there is nothing of that name.
func (objects *lookups) lookUp(apiVersion, kind, namespace, name string) (map[string]any, error) {
	items := []any{}
	for _, object := range *objects {
		metadata, _ := object["metadata"].(map[string]any)
		fits := object["apiVersion"] == apiVersion && object["kind"] == kind &&
			slices.Contains([]any{nil, namespace}, metadata["namespace"])
		if name == "" && object["apiVersion"] == apiVersion && object["kind"] == kind && (namespace == "" || fits) {
			items = append(items, copyValue(object))
		}
		if name != "" && fits && metadata["name"] == name {
			return copyValue(object).(map[string]any), nil
		}
	}
	if name != "" {
		return map[string]any{}, nil
	}
	return map[string]any{
		"apiVersion": apiVersion,
		"kind":       kind + "List",
		"metadata":   map[string]any{"resourceVersion": ""},
		"items":      items,
	}, nil
}
