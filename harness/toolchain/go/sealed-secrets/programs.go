//go:build programs

// Package programs names what is built, for the module's list of requirements alone.
package programs

import (
	_ "github.com/bitnami/sealed-secrets/cmd/controller"
	_ "github.com/bitnami/sealed-secrets/cmd/kubeseal"
)
