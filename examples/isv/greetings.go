package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecomkit/wecom-go/tag"
	"github.com/wecomkit/wecom-go/wecom"
)

const (
	defaultText = "你好，很高兴认识你！有什么可以帮你的？"
	defaultTag  = "新客户"
	tagGroup    = "欢迎助手"
	redisLimit  = time.Second
)

// A greeting is how a corp wants its customers greeted.
type greeting struct {
	Text string
	Tag  string // for new customers; "" is none

	tagIDs map[string]string // by name, as far as they are known
}

// greetings are kept as one hash of Redis for each corp.
type greetings struct {
	redis  redis.UniversalClient
	prefix string
}

// Fields of a hash.
const (
	textField = "text"
	tagField  = "tag"
	tagIDOf   = "tagid:" // and the name of the tag
)

// get returns the greeting of a corp, which is the default one until it is
// changed.
func (g *greetings) get(ctx context.Context, corpID string) (greeting, error) {
	ctx, cancel := context.WithTimeout(ctx, redisLimit)
	defer cancel()
	fields, err := g.redis.HGetAll(ctx, g.prefix+corpID).Result()
	if err != nil {
		return greeting{}, fmt.Errorf("reading the greeting of %s: %w", corpID, err)
	}
	out := greeting{Text: defaultText, Tag: defaultTag, tagIDs: map[string]string{}}
	if text, ok := fields[textField]; ok {
		out.Text, out.Tag = text, fields[tagField]
	}
	for name, value := range fields {
		if len(name) > len(tagIDOf) && name[:len(tagIDOf)] == tagIDOf {
			out.tagIDs[name[len(tagIDOf):]] = value
		}
	}
	return out, nil
}

func (g *greetings) put(ctx context.Context, corpID string, in greeting) error {
	return g.set(ctx, corpID, textField, in.Text, tagField, in.Tag)
}

func (g *greetings) set(ctx context.Context, corpID string, fields ...string) error {
	ctx, cancel := context.WithTimeout(ctx, redisLimit)
	defer cancel()
	if err := g.redis.HSet(ctx, g.prefix+corpID, fields).Err(); err != nil {
		return fmt.Errorf("keeping the greeting of %s: %w", corpID, err)
	}
	return nil
}

func (g *greetings) forget(ctx context.Context, corpID string) error {
	ctx, cancel := context.WithTimeout(ctx, redisLimit)
	defer cancel()
	if err := g.redis.Del(ctx, g.prefix+corpID).Err(); err != nil {
		return fmt.Errorf("deleting the greeting of %s: %w", corpID, err)
	}
	return nil
}

// tag returns the id of a greeting's tag, and makes the tag in the corp unless
// it is known to be there. To make one that is there is no error.
func (g *greetings) tag(ctx context.Context, client *wecom.Client, in greeting) (id string, err error) {
	if id = in.tagIDs[in.Tag]; id != "" || in.Tag == "" {
		return id, nil
	}
	group, err := tag.New(client).AddCorpTag(ctx, tag.AddCorpTagRequest{GroupName: tagGroup, Tag: []tag.AddCorpTag{{Name: in.Tag}}})
	if err != nil {
		return "", err
	}
	for _, t := range group.Tag {
		if t.Name == in.Tag {
			return t.ID, g.set(ctx, client.CorpID(), tagIDOf+in.Tag, t.ID)
		}
	}
	return "", errors.New("the tag was made and is not there")
}
