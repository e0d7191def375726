package doctor_test

import (
	"testing"

	"github.com/wecomkit/wecom-go/internal/leakcheck"
)

func TestMain(m *testing.M) { leakcheck.Main(m) }
