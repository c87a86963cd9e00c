package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/cli/values"
)

// options are what of the command line of `helm template` decides the output.
type options struct {
	release     string
	chart       string
	namespace   string
	values      values.Options
	kubeVersion *common.KubeVersion
	apiVersions []string
	showOnly    []string
	includeCrds bool
	skipTests   bool
	noHooks     bool
	isUpgrade   bool
}

// parseOptions takes flags of the same kinds as Helm does: some lists are split at commas, others are not.
func parseOptions(args []string) (*options, error) {
	found := &options{}
	var kubeVersion string
	flags := pflag.NewFlagSet("template", pflag.ContinueOnError)
	flags.StringVarP(&found.namespace, "namespace", "n", "", "")
	flags.StringSliceVarP(&found.values.ValueFiles, "values", "f", nil, "")
	flags.StringArrayVar(&found.values.Values, "set", nil, "")
	flags.StringArrayVar(&found.values.StringValues, "set-string", nil, "")
	flags.StringArrayVar(&found.values.FileValues, "set-file", nil, "")
	flags.StringArrayVar(&found.values.JSONValues, "set-json", nil, "")
	flags.StringVar(&kubeVersion, "kube-version", "", "")
	flags.StringSliceVarP(&found.apiVersions, "api-versions", "a", nil, "")
	flags.StringArrayVarP(&found.showOnly, "show-only", "s", nil, "")
	flags.BoolVar(&found.includeCrds, "include-crds", false, "")
	flags.BoolVar(&found.skipTests, "skip-tests", false, "")
	flags.BoolVar(&found.noHooks, "no-hooks", false, "")
	flags.BoolVar(&found.isUpgrade, "is-upgrade", false, "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	positional := flags.Args()
	if len(positional) != 3 {
		return nil, fmt.Errorf("expected template, a name and a chart, not %d arguments", len(positional))
	}
	found.release, found.chart = positional[1], positional[2]
	if found.namespace == "" {
		found.namespace = "default"
	}
	if kubeVersion == "" {
		return found, nil
	}
	parsed, err := common.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, fmt.Errorf("invalid kube version '%s': %s", kubeVersion, err)
	}
	found.kubeVersion = parsed
	return found, nil
}
