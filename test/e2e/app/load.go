package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

const (
	requestLimit  = 5 * time.Second
	toldFailures  = 20
	keptConnected = 8
)

// tally is what became of the requests, from the first on that was answered: until then nobody may have been there.
type tally struct {
	mutex sync.Mutex
	Sent  int `json:"sent"`
	// Answered with 200.
	Answered int `json:"answered"`
	Failed   int `json:"failed"`
	// The first failures, with their times.
	Failures []string `json:"failures"`
	// How often each body was the answer.
	Bodies map[string]int `json:"bodies"`
}

// begun tells whether a request was answered.
func (sum *tally) begun() bool {
	sum.mutex.Lock()
	defer sum.mutex.Unlock()
	return sum.Answered > 0
}

func (sum *tally) add(body string, err error) {
	sum.mutex.Lock()
	defer sum.mutex.Unlock()
	sum.Sent++
	if err == nil {
		sum.Answered++
		sum.Bodies[body]++
		return
	}
	sum.Failed++
	if len(sum.Failures) < toldFailures {
		sum.Failures = append(sum.Failures, fmt.Sprintf("%s %v", time.Now().UTC().Format(time.RFC3339Nano), err))
	}
}

// Sends requests at a steady rate, whatever becomes of them: half over new connections, half over kept ones.
func sendLoad(port int, url string, rate int) error {
	if url == "" || rate < 1 {
		return errors.New("load: --url and a --rate above 0 are needed")
	}
	sum := &tally{Failures: []string{}, Bodies: map[string]int{}}
	kept := &http.Client{Timeout: requestLimit, Transport: &http.Transport{MaxIdleConnsPerHost: keptConnected}}
	fresh := &http.Client{Timeout: requestLimit, Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		// Before a Service is known to the node its address may lead to anybody: no connection to them is kept.
		for !sum.begun() {
			if body, err := get(fresh, url); err == nil {
				sum.add(body, nil)
			}
			time.Sleep(time.Second / time.Duration(rate))
		}
		clients := []*http.Client{kept, fresh}
		for count := 0; ; count++ {
			go func() { sum.add(get(clients[count%2], url)) }()
			time.Sleep(time.Second / time.Duration(rate))
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tally", func(response http.ResponseWriter, _ *http.Request) {
		sum.mutex.Lock()
		defer sum.mutex.Unlock()
		answer(response, sum, nil)
	})
	return listen(port, mux)
}

// An error tells whom it was spoken to: a name may lead elsewhere than it should.
func get(client *http.Client, url string) (string, error) {
	peer := "nobody"
	traced := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { peer = info.Conn.RemoteAddr().String() },
	})
	request, err := http.NewRequestWithContext(traced, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("%s: %w", peer, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s (pod %q): %s: %.60q", peer, response.Header.Get(podHeader), response.Status, body)
	}
	return string(body), err
}
