package main

import (
	"errors"
	"fmt"
	"reflect"
	"text/template"
	"text/template/parse"
	_ "unsafe" // for the links below
)

//go:linkname helmFunctions helm.sh/helm/v4/pkg/engine.funcMap
func helmFunctions() template.FuncMap

//go:linkname newTpl helm.sh/helm/v4/pkg/engine.tplFun
func newTpl(parent *template.Template, includedNames map[string]int, strict bool) func(string, any) (string, error)

// watchedFunctions stand in for those functions of a template that look into a map by themselves: each notes what is
// read, and calls the one it stands in for.
var watchedFunctions = newWatchedFunctions(helmFunctions())

func newWatchedFunctions(from template.FuncMap) template.FuncMap {
	watched := template.FuncMap{
		hitFunction:   hit,
		tapFunction:   tap,
		rangeFunction: tapRange,
		"index":       index,
		"print":       func(args ...any) string { readWhole(args); return fmt.Sprint(args...) },
		"println":     func(args ...any) string { readWhole(args); return fmt.Sprintln(args...) },
		"printf": func(format string, args ...any) string {
			readWhole(args)
			return fmt.Sprintf(format, args...)
		},
	}
	for name, function := range from {
		if stand := watchFunction(name, function); stand != nil {
			watched[name] = stand
		}
	}
	return watched
}

// What takes a map and makes a text of all of it, or compares all of it.
var readsWhole = map[string]bool{
	"toYaml": true, "mustToYaml": true, "toYamlPretty": true, "toToml": true, "mustToToml": true,
	"toJson": true, "mustToJson": true, "toPrettyJson": true, "mustToPrettyJson": true,
	"toRawJson": true, "mustToRawJson": true,
	"toString": true, "quote": true, "squote": true, "cat": true, "deepEqual": true,
}

func watchFunction(name string, function any) any {
	if readsWhole[name] {
		return watchWhole(function)
	}
	switch original := function.(type) {
	case func(map[string]any, string) any:
		return func(table map[string]any, key string) any { readKey(table, key); return original(table, key) }
	case func(map[string]any, string) bool:
		return func(table map[string]any, key string) bool { readKey(table, key); return original(table, key) }
	case func(...map[string]any) []string:
		return func(tables ...map[string]any) []string {
			for _, table := range tables {
				readKeys(table)
			}
			return original(tables...)
		}
	case func(map[string]any) []any:
		return func(table map[string]any) []any { readKeys(table); return original(table) }
	case func(string, ...map[string]any) []any:
		return func(key string, tables ...map[string]any) []any {
			for _, table := range tables {
				readKey(table, key)
			}
			return original(key, tables...)
		}
	case func(map[string]any, ...string) map[string]any:
		return func(table map[string]any, keys ...string) map[string]any {
			made := original(table, keys...)
			recording.follow(made, table)
			return made
		}
	case func(map[string]any, ...map[string]any) any:
		return func(target map[string]any, sources ...map[string]any) any {
			made := original(target, sources...)
			followAll(made, sources)
			return made
		}
	case func(map[string]any, ...map[string]any) (any, error):
		return func(target map[string]any, sources ...map[string]any) (any, error) {
			made, err := original(target, sources...)
			followAll(made, sources)
			return made, err
		}
	}
	return watchOther(name, function)
}

func followAll(made any, sources []map[string]any) {
	for _, source := range sources {
		recording.follow(made, source)
	}
}

func watchOther(name string, function any) any {
	switch name {
	case "deepCopy", "mustDeepCopy":
		switch original := function.(type) {
		case func(any) any:
			return func(of any) any { made := original(of); recording.follow(made, of); return made }
		case func(any) (any, error):
			return func(of any) (any, error) { made, err := original(of); recording.follow(made, of); return made, err }
		}
	case "dig":
		if original, ok := function.(func(...any) (any, error)); ok {
			return func(args ...any) (any, error) { digKeys(args); return original(args...) }
		}
	}
	return nil
}

// digKeys notes what `dig KEY… DEFAULT MAP` goes through.
func digKeys(args []any) {
	if len(args) < 3 {
		return
	}
	table := tableOf(args[len(args)-1])
	for _, key := range args[:len(args)-2] {
		name, _ := key.(string)
		readKey(table, name)
		table = tableOf(table[name])
	}
}

func watchWhole(function any) any {
	switch original := function.(type) {
	case func(any) string:
		return func(of any) string { readWhole(of); return original(of) }
	case func(any) (string, error):
		return func(of any) (string, error) { readWhole(of); return original(of) }
	case func(...any) string:
		return func(args ...any) string { readWhole(args); return original(args...) }
	case func(any, any) bool:
		return func(one, other any) bool { readWhole(one); readWhole(other); return original(one, other) }
	}
	return nil
}

// index is what text/template has under that name, which cannot be reached from outside.
func index(of reflect.Value, indexes ...reflect.Value) (reflect.Value, error) {
	for of.Kind() == reflect.Interface {
		of = of.Elem()
	}
	for _, at := range indexes {
		for at.Kind() == reflect.Interface {
			at = at.Elem()
		}
		for of.Kind() == reflect.Interface || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		switch of.Kind() {
		case reflect.Map:
			if !at.IsValid() || !at.Type().AssignableTo(of.Type().Key()) {
				return reflect.Value{}, errors.New("not a key of the map")
			}
			if at.Kind() == reflect.String {
				readKey(asTable(of), at.String())
			}
			found := of.MapIndex(at)
			if !found.IsValid() {
				found = reflect.Zero(of.Type().Elem())
			}
			of = found
		case reflect.Array, reflect.Slice, reflect.String:
			position, err := readIndex(at)
			if err != nil || position < 0 || position >= of.Len() {
				return reflect.Value{}, errors.New("not an index of the list")
			}
			of = of.Index(position)
		default:
			return reflect.Value{}, errors.New("nothing that has an index")
		}
	}
	return of, nil
}

func readIndex(at reflect.Value) (int, error) {
	switch {
	case !at.IsValid():
		return 0, errors.New("nil is no index")
	case at.CanInt():
		return int(at.Int()), nil
	case at.CanUint():
		return int(at.Uint()), nil
	}
	return 0, errors.New("not a number")
}

const keptTexts = 1024

// watchedTpl is `tpl` with taps in the text that it renders.
func watchedTpl(set *template.Template, fields *tappedFields, texts map[string]string) func(string, any) (string, error) {
	original := newTpl(set, map[string]int{}, false)
	return func(text string, values any) (string, error) {
		tapped, known := texts[text]
		if !known {
			tapped = tapText(text, fields)
			if len(texts) >= keptTexts {
				clear(texts)
			}
			texts[text] = tapped
		}
		return original(tapped, values)
	}
}

// tapText gives a template that renders the same, or the text itself where that is none.
func tapText(text string, fields *tappedFields) string {
	tree := parse.New("tpl")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil || len(trees) != 1 || trees["tpl"] == nil {
		return text
	}
	all := &instrumenter{fields: fields}
	all.tapList(trees["tpl"].Root)
	return trees["tpl"].Root.String()
}

// tapList puts in taps alone.
func (all *instrumenter) tapList(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.ActionNode:
			all.tapPipe(node.Pipe)
		case *parse.TemplateNode:
			all.tapPipe(node.Pipe)
		case *parse.IfNode:
			all.tapBranch(&node.BranchNode)
		case *parse.WithNode:
			all.tapBranch(&node.BranchNode)
		case *parse.RangeNode:
			all.tapBranch(&node.BranchNode)
			node.Pipe.Cmds = append(node.Pipe.Cmds, newCommand(node.Pos, rangeFunction))
		}
	}
}

func (all *instrumenter) tapBranch(node *parse.BranchNode) {
	all.tapPipe(node.Pipe)
	all.tapList(node.List)
	all.tapList(node.ElseList)
}
