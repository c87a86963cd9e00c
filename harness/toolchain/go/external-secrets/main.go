// Command external-secrets is the operator, built as its own repository builds it.
package main

import "github.com/external-secrets/external-secrets/cmd/controller"

func main() {
	controller.Execute()
}
