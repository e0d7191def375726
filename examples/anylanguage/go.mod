module github.com/wecomkit/wecom-go/examples/anylanguage

go 1.26.0

tool github.com/wecomkit/wecom-go/wecom/cmd/wecomsim

require github.com/wecomkit/wecom-go v0.0.0 // indirect

require github.com/stretchr/testify v1.12.1

require (
	github.com/go-resty/resty/v2 v2.17.2 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.43.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/time v0.16.0 // indirect
)

replace github.com/wecomkit/wecom-go => ../..
