package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// podHeader tells in every answer which pod it is from.
const podHeader = "X-Pod"

// Serves what the process was given, until it is asked to end; then it takes no further connection, and ends the
// requests that it has begun.
func serveReport(port int, watched folders) error {
	environment, err := readEnvironment()
	if err != nil {
		return err
	}
	var notReady atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("GET /report", func(response http.ResponseWriter, _ *http.Request) {
		told, err := describe(watched)
		answer(response, told, err)
	})
	mux.HandleFunc("GET /value/{name}", func(response http.ResponseWriter, request *http.Request) {
		fmt.Fprint(response, environment[request.PathValue("name")])
	})
	mux.HandleFunc("GET /ready", func(response http.ResponseWriter, _ *http.Request) {
		if notReady.Load() {
			response.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("PUT /ready/{state}", func(_ http.ResponseWriter, request *http.Request) {
		notReady.Store(request.PathValue("state") == "false")
	})
	return listen(port, mux)
}

func serveFolder(args []string) error {
	port, folder := "8080", "."
	for index := 0; index+1 < len(args); index++ {
		switch args[index] {
		case "-p":
			port = args[index+1]
		case "-h":
			folder = args[index+1]
		}
	}
	var number int
	if _, err := fmt.Sscanf(port, "%d", &number); err != nil {
		return err
	}
	return listen(number, http.FileServer(http.Dir(folder)))
}

func listen(port int, handler http.Handler) error {
	pod, err := os.Hostname()
	if err != nil {
		return err
	}
	named := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set(podHeader, pod)
		handler.ServeHTTP(response, request)
	})
	server := &http.Server{Addr: fmt.Sprintf(":%d", port), Handler: named}
	asked, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		<-asked.Done()
		patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ended <- server.Shutdown(patience)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}

func answer(response http.ResponseWriter, value any, err error) {
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	response.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(response).Encode(value)
}
