package main

import (
	"sort"
	"strings"
)

// action is one of a template's actions as it is written: from its opening braces to behind its closing ones.
type action struct {
	start, end int
	keyword    string
	// otherwise is the start of the `else` that belongs to this `if`, `with` or `range`; -1 where there is none.
	otherwise int
}

// actionList is all actions of a template in their order, comments left out.
type actionList []action

// at gives the action that a position lies in.
func (actions actionList) at(position int) action {
	index := sort.Search(len(actions), func(index int) bool { return actions[index].start > position })
	if index == 0 {
		return action{start: position, end: position, otherwise: -1}
	}
	return actions[index-1]
}

// scanActions finds the actions of a text that has been parsed already, and so has nothing wrong with it.
func scanActions(text string) actionList {
	var actions actionList
	for from := 0; ; {
		open := strings.Index(text[from:], "{{")
		if open < 0 {
			break
		}
		start := from + open
		inside := skipTrimMarker(text, start+2)
		if strings.HasPrefix(text[inside:], "/*") {
			from = endOf(text, inside, "*/")
			from = endOf(text, from, "}}")
			continue
		}
		end := findActionEnd(text, inside)
		actions = append(actions, action{start: start, end: end, keyword: readKeyword(text[inside:end]), otherwise: -1})
		from = end
	}
	actions.findAlternatives()
	return actions
}

func skipTrimMarker(text string, at int) int {
	if len(text) > at+1 && text[at] == '-' && strings.IndexByte(" \t\r\n", text[at+1]) >= 0 {
		at++
	}
	return skipSpace(text, at)
}

func skipSpace(text string, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
		at++
	}
	return at
}

func endOf(text string, from int, what string) int {
	at := strings.Index(text[from:], what)
	if at < 0 {
		return len(text)
	}
	return from + at + len(what)
}

// findActionEnd passes over whatever is in quotes.
func findActionEnd(text string, at int) int {
	for at < len(text) {
		switch char := text[at]; {
		case strings.HasPrefix(text[at:], "}}"):
			return at + 2
		case char == '`':
			at = endOf(text, at+1, "`")
		case char == '"' || char == '\'':
			at++
			for at < len(text) && text[at] != char {
				if text[at] == '\\' {
					at++
				}
				at++
			}
			at++
		default:
			at++
		}
	}
	return len(text)
}

func readKeyword(inside string) string {
	end := 0
	for end < len(inside) && (inside[end] >= 'a' && inside[end] <= 'z') {
		end++
	}
	return inside[:end]
}

func (actions actionList) findAlternatives() {
	var open []int
	for index, one := range actions {
		switch one.keyword {
		case "if", "with", "range", "define", "block":
			open = append(open, index)
		case "else":
			if len(open) == 0 {
				continue
			}
			actions[open[len(open)-1]].otherwise = one.start
			// The next `else` belongs to the condition of this one, if it has any.
			open[len(open)-1] = index
		case "end":
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
}
