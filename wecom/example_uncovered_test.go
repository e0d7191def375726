package wecom_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// An endpoint that no package covers is one Operation and two structs. Token,
// limits, retries and errors are those of every other call.
func ExampleDo() {
	srv := wecomtest.NewServer()
	defer srv.Close()
	client := srv.NewClient()

	opSimpleList := wecom.Operation{
		Method: http.MethodGet,
		Path:   "/cgi-bin/department/simplelist", // as on the official page
		Doc:    95350,
		Read:   true, // a repeat does no harm
	}
	type request struct {
		ID int64 `json:"id,omitzero"` // 0 is the whole corp
	}
	type result struct {
		DepartmentID []struct {
			ID       int64 `json:"id"`
			ParentID int64 `json:"parentid"`
		} `json:"department_id"`
	}
	got, err := wecom.Do[result](context.Background(), client, opSimpleList, request{ID: 7})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(got.DepartmentID), "departments under 7")

	// Output: 0 departments under 7
}
