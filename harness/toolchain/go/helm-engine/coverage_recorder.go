package main

import (
	"reflect"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
)

// place is a map of values: whose values file it belongs to, where it is there, and what was read of it.
type place struct {
	// chart is the folder of the subchart in the chart; empty for the chart itself.
	chart   string
	pointer string
	// tables are the maps that are there in the values: several where a subchart has several names.
	tables []map[string]any
	// reads has, by its key, what was asked for, with the numbers of the template files that did.
	reads map[string]*readMark
	// keys marks that all its keys were gone through, whole that all below it was printed or handed on.
	keys  readMark
	whole readMark
	// byName tells of keys that a template names itself.
	byName map[string]bool
}

// readMark lists the template files that read something, each once as long as they come one after the other.
type readMark struct{ files []int }

func (mark *readMark) add(file int) {
	if count := len(mark.files); count == 0 || mark.files[count-1] != file {
		mark.files = append(mark.files, file)
	}
}

// recorder holds what one render hits and reads. Maps are known by their identity: whatever variable, argument or
// dictionary a template has them in, they are the ones of the values.
type recorder struct {
	hits   []uint32
	fields *tappedFields
	places map[uintptr][]*place
	known  map[placeName]*place
	// kept are the maps whose identities are known: none of them may be another one's before the render has ended.
	kept []map[string]any
	// file is the number of the template file that is rendered.
	file int
}

// recording is the one render that goes on.
var recording *recorder

func newRecorder(counters int, fields *tappedFields) *recorder {
	return &recorder{
		hits:   make([]uint32, counters),
		fields: fields,
		places: map[uintptr][]*place{},
		known:  map[placeName]*place{},
	}
}

func hit(counter int) string {
	recording.hits[counter]++
	return ""
}

// tap gives what it was given, having noted which fields are about to be taken of it.
func tap(number int, of reflect.Value) reflect.Value {
	table := asTable(of)
	for _, name := range recording.fields.names[number] {
		if table == nil {
			break
		}
		for _, one := range recording.places[identify(table)] {
			one.read(name, recording.file)
			one.byName[name] = true
		}
		table = tableOf(table[name])
	}
	return of
}

func tapRange(of reflect.Value) reflect.Value {
	readKeys(asTable(of))
	return of
}

func (one *place) read(key string, file int) {
	mark := one.reads[key]
	if mark == nil {
		mark = &readMark{}
		one.reads[key] = mark
	}
	mark.add(file)
}

func asTable(value reflect.Value) map[string]any {
	for value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if value.Kind() != reflect.Map || !value.CanInterface() {
		return nil
	}
	return tableOf(value.Interface())
}

func tableOf(value any) map[string]any {
	switch table := value.(type) {
	case map[string]any:
		return table
	case common.Values:
		return table
	}
	return nil
}

func identify(table map[string]any) uintptr { return reflect.ValueOf(table).Pointer() }

func readKey(table map[string]any, key string) {
	if table == nil {
		return
	}
	for _, one := range recording.places[identify(table)] {
		one.read(key, recording.file)
	}
}

func readKeys(table map[string]any) {
	if table == nil {
		return
	}
	for _, one := range recording.places[identify(table)] {
		one.keys.add(recording.file)
	}
}

// readWhole notes that all of a value was printed, or handed to what may have looked at all of it.
func readWhole(value any) {
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			readWhole(one)
		}
		return
	case nil, string, bool, int, int64, float64:
		return
	}
	table := tableOf(value)
	if table == nil {
		return
	}
	for _, one := range recording.places[identify(table)] {
		one.whole.add(recording.file)
	}
	for _, one := range table {
		readWhole(one)
	}
}

// addValues makes the values of a chart known, and in them those of its subcharts by their own names too.
func (rec *recorder) addValues(values map[string]any, names chartNames) {
	rec.addPlaces(values, []placeName{{"", ""}}, names)
}

type placeName struct{ chart, pointer string }

func (rec *recorder) addPlaces(table map[string]any, named []placeName, names chartNames) {
	for _, name := range named {
		one := rec.findPlace(name)
		one.tables = append(one.tables, table)
		rec.addAlias(table, one)
	}
	for key, value := range table {
		below := tableOf(value)
		if below == nil {
			continue
		}
		belowNames := make([]placeName, 0, len(named)+1)
		for _, name := range named {
			belowNames = append(belowNames, placeName{name.chart, name.pointer + "/" + escapePointer(key)})
		}
		subchart := names.subcharts[key]
		if subchart != nil {
			belowNames = append(belowNames, placeName{subchart.folder, ""})
			rec.addPlaces(below, belowNames, *subchart)
			continue
		}
		if names.parent != nil && key == "global" {
			belowNames = append(belowNames, names.listGlobals()...)
		}
		rec.addPlaces(below, belowNames, chartNames{})
	}
}

// findPlace gives the same place for a name that several maps have, as the globals of a chart and its subcharts do.
func (rec *recorder) findPlace(name placeName) *place {
	known := rec.known[name]
	if known == nil {
		known = &place{chart: name.chart, pointer: name.pointer, reads: map[string]*readMark{}, byName: map[string]bool{}}
		rec.known[name] = known
	}
	return known
}

func (rec *recorder) addAlias(table map[string]any, one *place) {
	identity := identify(table)
	known := rec.places[identity]
	if slices.Contains(known, one) {
		return
	}
	if known == nil {
		rec.kept = append(rec.kept, table)
	}
	rec.places[identity] = append(known, one)
}

// follow gives a copy of some values the names of what it was made from, as deep as both go.
func (rec *recorder) follow(copied, from any) {
	to, source := tableOf(copied), tableOf(from)
	if to == nil || source == nil {
		return
	}
	if origin := identify(source); origin != identify(to) {
		for _, one := range rec.places[origin] {
			rec.addAlias(to, one)
		}
	}
	for key, value := range source {
		if below := tableOf(value); below != nil {
			rec.follow(to[key], below)
		}
	}
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func escapePointer(key string) string { return pointerEscapes.Replace(key) }

// chartNames says under which keys of its values the values of a chart's subcharts are.
type chartNames struct {
	// folder of the chart within the one that is rendered, such as `charts/database`.
	folder    string
	subcharts map[string]*chartNames
	parent    *chartNames
}

// listGlobals gives the names of `global` in the charts above: what a subchart reads there, it reads of theirs.
func (names *chartNames) listGlobals() []placeName {
	var all []placeName
	for above := names.parent; above != nil; above = above.parent {
		all = append(all, placeName{above.folder, "/global"})
	}
	return all
}
