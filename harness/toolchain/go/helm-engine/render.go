package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/getter"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

type result struct {
	exitCode int
	stdout   []byte
	stderr   []byte
}

// goVersion is the one that the release of Helm was built with: charts can print it.
var goVersion string

type renderer struct {
	logs   *logSink
	charts *chartCache
}

func newRenderer() *renderer {
	logs := newLogSink()
	warnOfUnresolvedURNs()
	return &renderer{logs: logs, charts: newChartCache(logs)}
}

// render never fails but by what Helm itself would say.
func (r *renderer) render(one request) result {
	forgetWarnedURNs()
	stdout, err := r.run(one)
	stderr := r.logs.take()
	if err == nil {
		return result{0, stdout, stderr}
	}
	return result{1, nil, append(stderr, []byte("Error: "+err.Error()+"\n")...)}
}

func (r *renderer) run(one request) ([]byte, error) {
	options, err := parseOptions(one.Args)
	if err != nil {
		return nil, err
	}
	if one.Cwd != "" {
		if err := os.Chdir(one.Cwd); err != nil {
			return nil, err
		}
	}
	path, err := locateChart(options.chart)
	if err != nil {
		return nil, err
	}
	values, err := mergeValues(options, one.Stdin)
	if err != nil {
		return nil, err
	}
	loaded, err := r.charts.load(path)
	if err != nil {
		return nil, err
	}
	if err := checkChart(loaded.charter); err != nil {
		return nil, err
	}
	rendered, err := r.renderRelease(loaded, options, values)
	if err != nil {
		return nil, err
	}
	return selectManifests(rendered.print(options), options.showOnly)
}

func locateChart(name string) (string, error) {
	name = strings.TrimSpace(name)
	if _, err := os.Stat(name); err != nil {
		return "", fmt.Errorf("path %q not found", name)
	}
	return filepath.Abs(name)
}

// mergeValues has Helm read its standard input where it was told to.
func mergeValues(options *options, stdin string) (map[string]any, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	go func() {
		defer writer.Close()
		_, _ = io.WriteString(writer, stdin)
	}()
	own := os.Stdin
	os.Stdin = reader
	defer func() { os.Stdin = own }()
	return options.values.MergeValues(getter.Getters())
}

func checkChart(charter chart.Charter) error {
	accessor, err := chart.NewAccessor(charter)
	if err != nil {
		return err
	}
	if kind := accessor.MetadataAsMap()["Type"]; kind != "" && kind != "application" {
		return fmt.Errorf("%s charts are not installable", kind)
	}
	if accessor.Deprecated() {
		slog.Warn("this chart is deprecated")
	}
	missing, err := listMissingDependencies(accessor)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return fmt.Errorf("an error occurred while checking for chart dependencies. You may need to run "+
			"`helm dependency build` to fetch missing dependencies: "+
			"found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(missing, ", "))
	}
	return nil
}

func listMissingDependencies(accessor chart.Accessor) ([]string, error) {
	present := map[string]bool{}
	for _, dependency := range accessor.Dependencies() {
		one, err := chart.NewAccessor(dependency)
		if err != nil {
			return nil, err
		}
		present[one.Name()] = true
	}
	var missing []string
	for _, dependency := range accessor.MetaDependencies() {
		one, err := chart.NewDependencyAccessor(dependency)
		if err != nil {
			return nil, err
		}
		if !present[one.Name()] {
			missing = append(missing, one.Name())
		}
	}
	return missing, nil
}

// rendered is a release as far as `helm template` prints it.
type rendered struct {
	manifest bytes.Buffer
	hooks    []*release.Hook
}

// renderTemplates gives what each template of a chart renders to.
type renderTemplates func(own *chartv2.Chart, values common.Values) (map[string]string, error)

// errUnexplained stands for a failure that only Helm's own engine has the words for.
var errUnexplained = errors.New("the templates cannot be rendered")

func (r *renderer) renderRelease(loaded *loadedChart, options *options, values map[string]any) (*rendered, error) {
	pristine, ok := loaded.charter.(*chartv2.Chart)
	if !ok {
		return nil, errors.New("invalid chart apiVersion")
	}
	said := r.logs.Len()
	own := copyValue(values).(map[string]any)
	out, err := renderCopy(loaded, options, copyChart(pristine), own, loaded.renderParsed)
	if !errors.Is(err, errUnexplained) {
		return out, err
	}
	r.logs.Truncate(said)
	return renderCopy(loaded, options, copyChart(pristine), values, func(chart *chartv2.Chart, values common.Values) (map[string]string, error) {
		return engine.Engine{}.Render(chart, values)
	})
}

func renderCopy(loaded *loadedChart, options *options, own *chartv2.Chart, values map[string]any, render renderTemplates) (*rendered, error) {
	if err := chartutil.ValidateReleaseName(options.release); err != nil {
		return nil, logged("release name check failed", fmt.Errorf("release name %q: %w", options.release, err))
	}
	if err := chartutil.ProcessDependencies(own, values); err != nil {
		return nil, logged("chart dependencies processing failed", err)
	}
	capabilities := describeCapabilities(options)
	renderValues, err := util.ToRenderValuesWithSchemaValidation(own, values, common.ReleaseOptions{
		Name:      options.release,
		Namespace: options.namespace,
		Revision:  1,
		IsInstall: !options.isUpgrade,
		IsUpgrade: options.isUpgrade,
	}, capabilities, true)
	if err != nil {
		return nil, err
	}
	if err := loaded.schemas.validate(own, renderValues["Values"].(common.Values)); err != nil {
		return nil, err
	}
	out, err := renderResources(own, options, capabilities, func() (map[string]string, error) {
		return render(own, renderValues)
	})
	if err != nil {
		return nil, fmt.Errorf("%w\n\nUse --debug flag to render out invalid YAML", err)
	}
	return out, nil
}

func logged(what string, err error) error {
	slog.Error(what, slog.Any("error", err))
	return fmt.Errorf("%s: %w", what, err)
}

func describeCapabilities(options *options) *common.Capabilities {
	capabilities := common.DefaultCapabilities.Copy()
	if goVersion != "" {
		capabilities.HelmVersion.GoVersion = goVersion
	}
	if options.kubeVersion != nil {
		capabilities.KubeVersion = *options.kubeVersion
	}
	capabilities.APIVersions = append(slices.Clip(capabilities.APIVersions), options.apiVersions...)
	return capabilities
}

const notesFile = "NOTES.txt"

func renderResources(own *chartv2.Chart, options *options, capabilities *common.Capabilities, render func() (map[string]string, error)) (*rendered, error) {
	if wanted := own.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, capabilities.KubeVersion.String()) {
		return nil, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			wanted, capabilities.KubeVersion.Version)
	}
	files, err := render()
	if err != nil {
		return nil, err
	}
	for name := range files {
		if strings.HasSuffix(name, notesFile) {
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	out := &rendered{hooks: hooks}
	if options.includeCrds {
		for _, crd := range own.CRDObjects() {
			printManifest(&out.manifest, crd.Filename, string(crd.File.Data))
		}
	}
	for _, one := range manifests {
		printManifest(&out.manifest, one.Name, one.Content)
	}
	return out, nil
}

func printManifest(output *bytes.Buffer, source, content string) {
	fmt.Fprintf(output, "---\n# Source: %s\n%s\n", source, content)
}

func (r *rendered) print(options *options) []byte {
	var output bytes.Buffer
	output.WriteString(strings.TrimSpace(r.manifest.String()))
	output.WriteByte('\n')
	if options.noHooks {
		return output.Bytes()
	}
	for _, hook := range r.hooks {
		if options.skipTests && slices.Contains(hook.Events, release.HookTest) {
			continue
		}
		printManifest(&output, hook.Path, hook.Manifest)
	}
	return output.Bytes()
}
