package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/wecomkit/wecom-go/tag"
)

// A label is a corp tag by its name, as people know it.
type label struct{ Group, Name string }

func (l label) String() string { return l.Group + "/" + l.Name }

// Labels know the ids of tags, and make those that do not exist.
type labels struct {
	tags *tag.Service

	mu sync.Mutex       // held during calls, so that no two make the same tag
	id map[label]string // guarded by mu
}

func newLabels(tags *tag.Service) *labels { return &labels{tags: tags} }

// ids returns the ids of tags. Once known they cost no call.
func (l *labels) ids(ctx context.Context, want []label) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.missing(want)) > 0 {
		if err := l.learn(ctx, want); err != nil {
			return nil, err
		}
	}
	ids := make([]string, len(want))
	for i, w := range want {
		ids[i] = l.id[w]
	}
	return ids, nil
}

// forget drops what is known: somebody has deleted a tag in the console.
func (l *labels) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.id = nil
}

// learn reads the tags of the corp and makes those that are missing. To make a
// tag that exists is no error, so bots may start side by side.
func (l *labels) learn(ctx context.Context, want []label) error {
	groups, err := l.tags.GetCorpTagList(ctx, tag.GetCorpTagListRequest{})
	if err != nil {
		return err
	}
	l.id = map[label]string{}
	for _, g := range groups {
		l.note(g)
	}
	missing := l.missing(want)
	for len(missing) > 0 {
		group := missing[0].Group
		req := tag.AddCorpTagRequest{GroupName: group}
		for _, m := range missing {
			if m.Group == group { // several of one name become one
				req.Tag = append(req.Tag, tag.AddCorpTag{Name: m.Name})
			}
		}
		made, err := l.tags.AddCorpTag(ctx, req)
		if err != nil {
			return err
		}
		l.note(*made)
		rest := l.missing(missing)
		if len(rest) == len(missing) {
			return fmt.Errorf("the tag %v was made and is not there", missing[0])
		}
		missing = rest
	}
	return nil
}

func (l *labels) note(g tag.Group) {
	for _, t := range g.Tag {
		l.id[label{g.GroupName, t.Name}] = t.ID
	}
}

func (l *labels) missing(want []label) []label {
	var list []label
	for _, w := range want {
		if l.id[w] == "" {
			list = append(list, w)
		}
	}
	return list
}
