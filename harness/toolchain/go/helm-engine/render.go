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
	// coverage is a JSON document; empty where none was asked for, or no template was reached.
	coverage []byte
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
	job, err := r.open(one)
	var stdout []byte
	if err == nil {
		stdout, err = r.perform(one.Ask, job)
	}
	stderr := r.logs.take()
	if err == nil {
		return result{0, stdout, stderr, job.reportCoverage()}
	}
	return result{1, nil, append(stderr, []byte("Error: "+err.Error()+"\n")...), job.reportCoverage()}
}

// job is one request, with the chart read and the values put together.
type job struct {
	request request
	options *options
	loaded  *loadedChart
	// values are what the user gives; they are never to be changed.
	values map[string]any
	with   engine.Engine
	// covered is what was counted; nil where nothing was.
	covered *coveredRender
}

// What can be asked for besides a render.
const (
	askDescribe = "describe"
	askEffects  = "effects"
)

func (r *renderer) perform(ask string, job *job) ([]byte, error) {
	switch ask {
	case askDescribe:
		return describeChart(job.loaded)
	case askEffects:
		return job.findEffects()
	}
	if err := checkChart(job.loaded.charter); err != nil {
		return nil, err
	}
	rendered, err := r.renderRelease(job)
	if err != nil {
		return nil, err
	}
	return selectManifests(rendered.print(job.options), job.options.showOnly)
}

func (r *renderer) open(one request) (*job, error) {
	job := &job{request: one}
	options, err := parseOptions(one.Args)
	if err != nil {
		return job, err
	}
	job.options = options
	if one.Cwd != "" {
		if err := os.Chdir(one.Cwd); err != nil {
			return job, err
		}
	}
	if one.Lookups != nil {
		job.with.CustomTemplateFuncs = map[string]any{"lookup": one.Lookups.lookUp}
	}
	path, err := locateChart(options.chart)
	if err != nil {
		return job, err
	}
	if job.values, err = mergeValues(options, one.Stdin); err != nil {
		return job, err
	}
	job.loaded, err = r.charts.load(path)
	return job, err
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

func (r *renderer) renderRelease(job *job) (*rendered, error) {
	said := r.logs.Len()
	render := func(chart *chartv2.Chart, values common.Values) (map[string]string, error) {
		if job.request.Coverage {
			return job.renderCovered(chart, values)
		}
		return job.loaded.renderParsed(chart, values, job.with)
	}
	out, err := job.renderCopy(render)
	if !errors.Is(err, errUnexplained) {
		return out, err
	}
	r.logs.Truncate(said)
	return job.renderCopy(func(chart *chartv2.Chart, values common.Values) (map[string]string, error) {
		return job.with.Render(chart, values)
	})
}

func (job *job) renderCopy(render renderTemplates) (*rendered, error) {
	own, renderValues, capabilities, err := job.prepare()
	if err != nil {
		return nil, err
	}
	out, err := renderResources(own, job.options, capabilities, func() (map[string]string, error) {
		return render(own, renderValues)
	})
	if err != nil {
		return nil, fmt.Errorf("%w\n\nUse --debug flag to render out invalid YAML", err)
	}
	return out, nil
}

// prepare gives what templates are rendered with: a chart of this render's own, without the subcharts that are switched
// off, its values put together and found right by the schemas.
func (job *job) prepare() (*chartv2.Chart, common.Values, *common.Capabilities, error) {
	pristine, ok := job.loaded.charter.(*chartv2.Chart)
	if !ok {
		return nil, nil, nil, errors.New("invalid chart apiVersion")
	}
	own, values := copyChart(pristine), copyValue(job.values).(map[string]any)
	if err := chartutil.ValidateReleaseName(job.options.release); err != nil {
		return nil, nil, nil, logged("release name check failed", fmt.Errorf("release name %q: %w", job.options.release, err))
	}
	if err := chartutil.ProcessDependencies(own, values); err != nil {
		return nil, nil, nil, logged("chart dependencies processing failed", err)
	}
	capabilities := describeCapabilities(job.options)
	renderValues, err := util.ToRenderValuesWithSchemaValidation(own, values, common.ReleaseOptions{
		Name:      job.options.release,
		Namespace: job.options.namespace,
		Revision:  1,
		IsInstall: !job.options.isUpgrade,
		IsUpgrade: job.options.isUpgrade,
	}, capabilities, true)
	if err != nil {
		return nil, nil, nil, err
	}
	if job.request.Ask == askEffects {
		return own, renderValues, capabilities, nil
	}
	if err := job.loaded.schemas.validate(own, renderValues["Values"].(common.Values)); err != nil {
		return nil, nil, nil, err
	}
	return own, renderValues, capabilities, nil
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
