// Go's default client against MyApi: each verb, refused uploads, Expect, resets in each phase; with "stop", requests until the server has gone.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var base, token string

func send(ctx context.Context, method, path, auth, kind string, body io.Reader, expect bool) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		return 0, "", err
	}
	if auth != "" {
		request.Header.Set("Authorization", "Bearer "+auth)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if expect {
		request.Header.Set("Expect", "100-continue")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func must(what string, status int, method, path, auth string, body []byte, expect bool) {
	got, text, err := send(context.Background(), method, path, auth, "application/json", bytes.NewReader(body), expect)
	if err != nil || got != status {
		fmt.Println(what, method, path, "gave", got, err, text, "and not", status)
		os.Exit(1)
	}
}

type endless struct{ after func() }

func (body endless) Read(into []byte) (int, error) {
	body.after()
	time.Sleep(time.Millisecond)
	return copy(into, `{"title":"`), nil
}

func resets() {
	for phase := 0; phase < 60; phase++ {
		ctx, cancel := context.WithCancel(context.Background())
		switch phase % 4 {
		case 0: // in the middle of the body
			send(ctx, "POST", "/posts", token, "application/json", endless{cancel}, false)
		case 1: // before the response
			time.AfterFunc(time.Duration(phase)*50*time.Microsecond, cancel)
			send(ctx, "GET", "/posts", token, "", nil, false)
		case 2: // in the middle of the response
			request, _ := http.NewRequestWithContext(ctx, "GET", base+"/openapi/v1.json", nil)
			if response, err := http.DefaultClient.Do(request); err == nil {
				response.Body.Read(make([]byte, 10))
				response.Body.Close()
			}
		case 3: // while the server reads a file
			send(ctx, "PUT", "/files/reset", token, "text/plain", endless{cancel}, false)
		}
		cancel()
		must("after a reset", 200, "GET", "/posts", token, nil, false)
	}
}

func stop() {
	var answered atomic.Int64
	var all sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				status, _, err := send(context.Background(), "GET", "/posts", "", "", nil, false)
				if errors.Is(err, syscall.ECONNREFUSED) {
					return
				}
				// Closed between two requests, or before the first: nothing was answered, and nothing was cut.
				if status == 0 && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)) {
					continue
				}
				if err != nil || status != 200 {
					fmt.Println("while it stopped:", status, err)
					os.Exit(1)
				}
				if answered.Add(1) == 40 {
					fmt.Println("busy")
				}
			}
		}()
	}
	all.Wait()
}

func main() {
	base, token = os.Args[2], os.Args[3]
	if os.Args[1] == "stop" {
		stop()
		return
	}
	post := []byte(`{"title":"t","body":"b"}`)
	must("verb", 201, "POST", "/posts", token, post, false)
	must("verb", 200, "PUT", "/posts/1", token, post, false)
	must("verb", 200, "PATCH", "/posts/1", token, []byte(`{"title":"u"}`), false)
	must("verb", 200, "GET", "/posts/1", token, nil, false)
	must("verb", 200, "HEAD", "/posts/1", token, nil, false)
	must("verb", 204, "OPTIONS", "/posts/1", token, nil, false)
	must("verb", 204, "DELETE", "/posts/1", token, nil, false)
	for round := 0; round < 9; round++ {
		for _, megabytes := range []int{1, 5, 20} {
			body := []byte(strings.Repeat("x", megabytes*1024*1024+1000))
			must("upload", 401, "PUT", "/files/x", "", body, false)
			must("upload", 413, "PUT", "/files/x", token, body, false)
			must("upload", 404, "PUT", "/nope", "", body, false)
			must("upload", 413, "POST", "/posts", token, body, false)
		}
	}
	for round := 0; round < 10; round++ {
		must("expect", 401, "POST", "/posts", "", post, true)
		must("expect", 404, "POST", "/nope", "", post, true)
		must("expect", 201, "POST", "/posts", token, post, true)
	}
	resets()
}
