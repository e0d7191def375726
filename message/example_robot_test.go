package message_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/wecomkit/wecom-go/message"
	"github.com/wecomkit/wecom-go/wecom"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A group robot needs no corp and no app: the address from its page is enough.
func Example_robot() {
	sim := wecomtest.NewServer()
	defer sim.Close()
	key := sim.AddRobot(wecomtest.Robot{Name: "Builds"})

	client, err := wecom.NewWebhook(sim.URL()+"/cgi-bin/webhook/send?key="+key, sim.Options()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, robot := context.Background(), message.NewRobot(client)

	log, err := robot.UploadMedia(ctx, wecom.MediaTypeFile, wecom.File{Name: "构建日志.txt", Reader: strings.NewReader("--- FAIL: TestTea")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, body := range []message.RobotBody{
		message.RobotText{Content: "The build is broken.", MentionedList: []string{message.ToAll}},
		message.RobotMarkdownV2{Content: "| test | result |\n| :-- | :-: |\n| TestTea | FAIL |"},
		message.File{MediaID: log.MediaID},
	} {
		if err := robot.Send(ctx, body); err != nil {
			fmt.Println(err)
			return
		}
	}

	for _, m := range sim.RobotMessages(key) {
		fmt.Println(m.MsgType)
	}
	// Output:
	// text
	// markdown_v2
	// file
}
