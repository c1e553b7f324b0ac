// A target for go test -fuzz: net/http reads its input.
package parse

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(data)))
		if err == nil {
			_, _ = io.Copy(io.Discard, request.Body)
		}
	})
}
