// Command kind is kind, built as its own repository builds it.
package main

import "sigs.k8s.io/kind/cmd/kind/app"

func main() {
	app.Main()
}
