package main

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// extent is a part of a template's text, in bytes.
type extent [2]int

// statementModel is an action, or a line of text that is printed. Its hits are those of its counter.
type statementModel struct {
	Extent  extent `json:"extent"`
	Counter int    `json:"counter"`
	// Action is false for text.
	Action bool `json:"action"`
}

// branchModel is an `if`, `with` or `range`: how often its body was walked through, and how often the alternative. That
// one's counter is noCounter where there can be none.
type branchModel struct {
	Kind      string `json:"kind"`
	Extent    extent `json:"extent"`
	Otherwise extent `json:"otherwise"`
	Counters  [2]int `json:"counters"`
}

type functionModel struct {
	Name    string `json:"name"`
	Extent  extent `json:"extent"`
	Counter int    `json:"counter"`
}

// fileModel is all there is to be hit in a template file.
type fileModel struct {
	Statements []statementModel `json:"statements"`
	Branches   []branchModel    `json:"branches"`
	Functions  []functionModel  `json:"functions"`
	Counters   int              `json:"counters"`
}

const noCounter = -1

func newFileModel() fileModel {
	return fileModel{Statements: []statementModel{}, Branches: []branchModel{}, Functions: []functionModel{}}
}

// The names are of no use to a chart: what they do shows in no output.
const (
	hitFunction   = "sluiceCoverageHit"
	tapFunction   = "sluiceCoverageTap"
	rangeFunction = "sluiceCoverageRange"
)

// instrumenter puts counters into the parsed templates of one set, and taps where a field of something is taken.
//
// Nothing is taken away from a template and nothing that is put in prints anything: a counter is an action that prints
// an empty text, a tap a function that gives what it was given.
type instrumenter struct {
	files  []*coveredFile
	fields *tappedFields
	// counters is how many there are in all files.
	counters int
}

type coveredFile struct {
	name   string
	digest string
	model  fileModel
	// first is the number of its first counter in the whole set.
	first int
}

// tappedFields are the names that each tap looks at, by its number.
type tappedFields struct{ names [][]string }

func (fields *tappedFields) add(names []string) int {
	fields.names = append(fields.names, names)
	return len(fields.names) - 1
}

func digestText(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:8])
}

// addFile instruments what a file has just added to the set, before another file can take the place of any of it.
func (all *instrumenter) addFile(set *template.Template, name, text string) {
	file := &coveredFile{name: name, digest: digestText(text), first: all.counters, model: newFileModel()}
	writer := &fileInstrumenter{all: all, file: file, text: text, actions: scanActions(text)}
	var trees []*parse.Tree
	for _, one := range set.Templates() {
		if one.Tree != nil && one.Tree.ParseName == name && one.Tree.Root != nil {
			trees = append(trees, one.Tree)
		}
	}
	sort.Slice(trees, func(a, b int) bool { return trees[a].Root.Pos < trees[b].Root.Pos })
	for _, tree := range trees {
		writer.addTree(tree, tree.Name == name)
	}
	file.model.sort()
	all.counters += file.model.Counters
	all.files = append(all.files, file)
}

func (model *fileModel) sort() {
	sort.SliceStable(model.Statements, func(a, b int) bool {
		return model.Statements[a].Extent[0] < model.Statements[b].Extent[0]
	})
	sort.SliceStable(model.Branches, func(a, b int) bool {
		return model.Branches[a].Extent[0] < model.Branches[b].Extent[0]
	})
	sort.SliceStable(model.Functions, func(a, b int) bool {
		return model.Functions[a].Extent[0] < model.Functions[b].Extent[0]
	})
}

type fileInstrumenter struct {
	all     *instrumenter
	file    *coveredFile
	text    string
	actions actionList
	// filled are the pipelines that, where the instrumenter is, an `if` or `with` around has found to be not empty.
	filled map[string]bool
}

// within goes through what is inside of a branch, with what is known there.
func (writer *fileInstrumenter) within(filled map[string]bool, list *parse.ListNode, counter int) {
	outside := writer.filled
	writer.filled = filled
	writer.addList(list, counter)
	writer.filled = outside
}

// findFilled tells what is known to be not empty in the body of a branch. Its dot is another one but for `if`.
func (writer *fileInstrumenter) findFilled(kind string, pipe *parse.PipeNode) map[string]bool {
	filled := map[string]bool{}
	for known := range writer.filled {
		if kind == "if" || strings.HasPrefix(known, "$") {
			filled[known] = true
		}
	}
	switch {
	case kind == "with":
		filled["."] = true
	case kind == "if" && len(pipe.Cmds) == 1 && len(pipe.Cmds[0].Args) == 1 && len(pipe.Decl) == 0:
		filled[pipe.String()] = true
	}
	return filled
}

func (writer *fileInstrumenter) newCounter() int {
	writer.file.model.Counters++
	return writer.file.model.Counters - 1
}

func (writer *fileInstrumenter) addTree(tree *parse.Tree, isFile bool) {
	counter := writer.newCounter()
	if !isFile {
		writer.file.model.Functions = append(writer.file.model.Functions, functionModel{
			Name: tree.Name, Extent: writer.extentBefore(int(tree.Root.Pos)), Counter: counter,
		})
	}
	writer.within(map[string]bool{}, tree.Root, counter)
}

// extentBefore gives the `define` or `block` whose body begins at a position.
func (writer *fileInstrumenter) extentBefore(position int) extent {
	one := writer.actions.at(position - 1)
	return extent{one.start, one.end}
}

// addList counts a list of nodes from its beginning by one counter, and anew behind each action: that may be the last
// one, by `fail`, `break` or an error, and text cannot.
func (writer *fileInstrumenter) addList(list *parse.ListNode, counter int) {
	nodes := make([]parse.Node, 0, 2*len(list.Nodes)+1)
	nodes = append(nodes, writer.newHit(list.Pos, counter))
	current := counter
	for _, node := range list.Nodes {
		text, isText := node.(*parse.TextNode)
		if isText && strings.TrimSpace(string(text.Text)) == "" {
			nodes = append(nodes, node)
			continue
		}
		if current < 0 {
			current = writer.newCounter()
			nodes = append(nodes, writer.newHit(node.Position(), current))
		}
		nodes = append(nodes, node)
		if isText {
			writer.addText(text, current)
			continue
		}
		if _, isComment := node.(*parse.CommentNode); isComment {
			continue
		}
		writer.addAction(node, current)
		current = -1
	}
	list.Nodes = nodes
}

func (writer *fileInstrumenter) addText(text *parse.TextNode, counter int) {
	start := int(text.Pos)
	for _, line := range strings.SplitAfter(string(text.Text), "\n") {
		if trimmed := strings.TrimSpace(line); trimmed != "" {
			from := start + strings.Index(line, trimmed)
			writer.file.model.Statements = append(writer.file.model.Statements, statementModel{
				Extent: extent{from, from + len(trimmed)}, Counter: counter,
			})
		}
		start += len(line)
	}
}

func (writer *fileInstrumenter) addAction(node parse.Node, counter int) {
	own := writer.actions.at(int(node.Position()))
	writer.file.model.Statements = append(writer.file.model.Statements, statementModel{
		Extent: extent{own.start, own.end}, Counter: counter, Action: true,
	})
	switch node := node.(type) {
	case *parse.ActionNode:
		writer.all.tapPipe(node.Pipe)
	case *parse.TemplateNode:
		writer.all.tapPipe(node.Pipe)
	case *parse.IfNode:
		writer.addBranch("if", own, &node.BranchNode)
	case *parse.WithNode:
		writer.addBranch("with", own, &node.BranchNode)
	case *parse.RangeNode:
		writer.addBranch("range", own, &node.BranchNode)
		node.Pipe.Cmds = append(node.Pipe.Cmds, newCommand(node.Pos, rangeFunction))
	}
}

func (writer *fileInstrumenter) addBranch(kind string, own action, node *parse.BranchNode) {
	counters := [2]int{writer.newCounter(), noCounter}
	if kind != "range" || !(isNeverEmpty(node.Pipe) || writer.filled[rangedOver(node.Pipe)]) {
		counters[1] = writer.newCounter()
	}
	filled := writer.findFilled(kind, node.Pipe)
	writer.all.tapPipe(node.Pipe)
	branch := branchModel{Kind: kind, Extent: extent{own.start, own.end}, Counters: counters}
	if own.otherwise >= 0 {
		other := writer.actions.at(own.otherwise)
		branch.Otherwise = extent{other.start, other.end}
	}
	writer.file.model.Branches = append(writer.file.model.Branches, branch)
	writer.within(filled, node.List, counters[0])
	if counters[1] == noCounter {
		return
	}
	if node.ElseList == nil {
		node.ElseList = &parse.ListNode{NodeType: parse.NodeList, Pos: node.Pos}
	}
	writer.addList(node.ElseList, counters[1])
}

// rangedOver gives a pipeline without the variables that it sets.
func rangedOver(pipe *parse.PipeNode) string {
	return (&parse.PipeNode{NodeType: parse.NodePipe, Cmds: pipe.Cmds}).String()
}

// isNeverEmpty knows a list that is written out in the action itself.
func isNeverEmpty(pipe *parse.PipeNode) bool {
	if len(pipe.Cmds) != 1 {
		return false
	}
	args := pipe.Cmds[0].Args
	function, ok := args[0].(*parse.IdentifierNode)
	if !ok {
		return false
	}
	switch function.Ident {
	case "list", "tuple", "append", "prepend":
		return len(args) > 1
	}
	return false
}

func (writer *fileInstrumenter) newHit(position parse.Pos, counter int) *parse.ActionNode {
	return &parse.ActionNode{
		NodeType: parse.NodeAction,
		Pos:      position,
		Pipe:     newCall(position, hitFunction, newNumber(position, writer.file.first+counter)),
	}
}

func newCall(position parse.Pos, function string, args ...parse.Node) *parse.PipeNode {
	return &parse.PipeNode{
		NodeType: parse.NodePipe,
		Pos:      position,
		Cmds:     []*parse.CommandNode{newCommand(position, function, args...)},
	}
}

func newCommand(position parse.Pos, function string, args ...parse.Node) *parse.CommandNode {
	name := parse.NewIdentifier(function).SetPos(position)
	return &parse.CommandNode{
		NodeType: parse.NodeCommand,
		Pos:      position,
		Args:     append([]parse.Node{name}, args...),
	}
}

func newNumber(position parse.Pos, value int) *parse.NumberNode {
	return &parse.NumberNode{
		NodeType: parse.NodeNumber,
		Pos:      position,
		IsInt:    true,
		Int64:    int64(value),
		Text:     strconv.Itoa(value),
	}
}

// tapPipe puts a tap before each field that a pipeline takes of something.
func (all *instrumenter) tapPipe(pipe *parse.PipeNode) {
	if pipe == nil {
		return
	}
	for _, command := range pipe.Cmds {
		for index, argument := range command.Args {
			command.Args[index] = all.tapNode(argument)
		}
	}
}

func (all *instrumenter) tapNode(node parse.Node) parse.Node {
	switch node := node.(type) {
	case *parse.FieldNode:
		return all.newTap(&parse.DotNode{NodeType: parse.NodeDot, Pos: node.Pos}, node.Ident)
	case *parse.VariableNode:
		if len(node.Ident) == 1 {
			return node
		}
		variable := &parse.VariableNode{NodeType: parse.NodeVariable, Pos: node.Pos, Ident: node.Ident[:1]}
		return all.newTap(variable, node.Ident[1:])
	case *parse.ChainNode:
		return all.newTap(all.tapNode(node.Node), node.Field)
	case *parse.PipeNode:
		all.tapPipe(node)
	}
	return node
}

// newTap gives `(tap N of).a.b` for `of.a.b`.
func (all *instrumenter) newTap(of parse.Node, names []string) parse.Node {
	position := of.Position()
	number := newNumber(position, all.fields.add(names))
	return &parse.ChainNode{
		NodeType: parse.NodeChain,
		Pos:      position,
		Node:     newCall(position, tapFunction, number, of),
		Field:    names,
	}
}
